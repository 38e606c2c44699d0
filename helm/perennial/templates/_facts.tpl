{{/*
What the chart knows of each service is in files/services.json. A unit test compares it with the code
(tools/cli/src/platform/helm.chart.spec.ts). Its fields:
  port, grpcPort  where the service listens: the ports that clients know by heart, 8080 otherwise
  paths           prefixes that lead to the service from outside
  uses            what it talks to beside Kafka and MongoDB: objectStore, alertChannels
  peers           variable -> service whose address it holds
  folders         variable -> directory that is written
  lag             topics whose lag says how much work waits; with batch, the consumer group is <service>.<topic>, else
                  <service>. The trainer and the evaluator take their events at once and work later: they have none.
*/}}

{{/* The Secret with a service's certificate; empty where it speaks without TLS. Call with: root, name. */}}
{{- define "perennial.certificate" -}}
{{- with .root.Values.tls -}}
{{- if eq $.name "inference" -}}{{ .existingSecret }}{{- else -}}{{ .services.existingSecret }}{{- end -}}
{{- end -}}
{{- end -}}

{{/* http or https, as a service is asked. Call with: root, name. */}}
{{- define "perennial.scheme" -}}
{{- if include "perennial.certificate" . -}}https{{- else -}}http{{- end -}}
{{- end -}}
