{{/* Components that ask a service over HTTP: those that hold its address, and `helm test`. Call with: name, services. */}}
{{- define "perennial.callers" -}}
{{- $callers := list "test" -}}
{{- range $caller, $facts := .services -}}
{{- if has $.name (default dict $facts.peers | values) -}}
{{- $callers = append $callers $caller -}}
{{- if eq $caller "trainer" }}{{ $callers = append $callers "training-job" }}{{ end -}}
{{- end -}}
{{- end -}}
{{- join ", " $callers -}}
{{- end -}}

{{/* Ports of what lies outside the chart, as its address says. Call with: root, need. */}}
{{- define "perennial.portsOf" -}}
{{- $values := .root.Values -}}
{{- $ports := list -}}
{{- if eq .need "kafka" -}}
{{- range $values.kafka.brokers -}}
{{- $ports = append $ports (regexFind "[0-9]+$" . | int) -}}
{{- end -}}
{{- else if eq .need "objectStore" -}}
{{- $ports = list (include "perennial.portOfUrl" (default "https://s3" $values.objectStore.s3.endpoint) | int) -}}
{{- else if eq .need "otlp" -}}
{{- $ports = list (include "perennial.portOfUrl" $values.otlpEndpoint | int) -}}
{{- end -}}
{{- uniq $ports | toJson -}}
{{- end -}}

{{- define "perennial.portOfUrl" -}}
{{- $url := urlParse . -}}
{{- default (ternary "443" "80" (eq $url.scheme "https")) (regexFind ":[0-9]+$" $url.host | trimPrefix ":") -}}
{{- end -}}
