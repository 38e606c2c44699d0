{{/* Everything that is missing or contradicts itself, at once. What one value alone can get wrong is in values.schema.json. */}}
{{- define "perennial.check" -}}
{{- $problems := list -}}
{{- if not .Values.kafka.brokers -}}
{{- $problems = append $problems "kafka.brokers: give at least one host:port" -}}
{{- end -}}
{{- if and (not .Values.mongo.url) (not .Values.mongo.existingSecret) -}}
{{- $problems = append $problems "mongo: give existingSecret (a Secret with the connection string) or url" -}}
{{- end -}}
{{- if and .Values.mongo.url .Values.mongo.existingSecret -}}
{{- $problems = append $problems "mongo: give existingSecret or url, not both" -}}
{{- end -}}
{{- if and (not .Values.pipelines) (not .Values.existingPipelinesConfigMap) -}}
{{- $problems = append $problems "pipelines: give at least one (--set-file pipelines.NAME=pipeline.yaml) or existingPipelinesConfigMap" -}}
{{- end -}}
{{- if and .Values.pipelines .Values.existingPipelinesConfigMap -}}
{{- $problems = append $problems "pipelines: give pipelines or existingPipelinesConfigMap, not both" -}}
{{- end -}}
{{- range $name, $text := .Values.pipelines -}}
{{- $pipeline := fromYaml $text -}}
{{- if hasKey $pipeline "Error" -}}
{{- $problems = append $problems (printf "pipelines.%s: is not YAML: %s" $name (get $pipeline "Error")) -}}
{{- else if ne (toString (get $pipeline "kind")) "Pipeline" -}}
{{- $problems = append $problems (printf "pipelines.%s: must be the text of a pipeline.yaml, with kind: Pipeline" $name) -}}
{{- else if and (eq (toString (dig "serving" "enrichment" "source" "" $pipeline)) "feast") (not $.Values.feast.url) -}}
{{- $problems = append $problems (printf "feast.url: is needed: pipelines.%s looks features up in a Feast server" $name) -}}
{{- end -}}
{{- end -}}
{{- with .Values.access -}}
{{- $given := or .keys.existingSecret .tokens.issuer -}}
{{- if and (not .none) (not $given) -}}
{{- $problems = append $problems "access: give keys.existingSecret or tokens.issuer, or none: true where something before the services decides who may ask" -}}
{{- end -}}
{{- if and .none $given -}}
{{- $problems = append $problems "access.none: contradicts keys.existingSecret and tokens.issuer" -}}
{{- end -}}
{{- if and .tokens.issuer (not .tokens.audience) -}}
{{- $problems = append $problems "access.tokens.audience: is needed with issuer" -}}
{{- end -}}
{{- if and $given (not .service.existingSecret) -}}
{{- $problems = append $problems "access.service.existingSecret: is needed: the services ask each other, by a key with the scopes data:read and models:read" -}}
{{- end -}}
{{- if and .rateBurst (not .ratePerSecond) -}}
{{- $problems = append $problems "access.ratePerSecond: is needed with rateBurst" -}}
{{- end -}}
{{- if and $given $.Values.podMonitor.enabled (eq .metrics "scoped") (not $.Values.podMonitor.tokenSecret.name) -}}
{{- $problems = append $problems "podMonitor.tokenSecret: is needed with podMonitor.enabled, unless access.metrics is open" -}}
{{- end -}}
{{- end -}}
{{- if and .Values.tls.clientCaKey (not .Values.tls.existingSecret) -}}
{{- $problems = append $problems "tls.existingSecret: is needed with clientCaKey" -}}
{{- end -}}
{{- with .Values.kafka.sasl -}}
{{- if and .mechanism (not .existingSecret) -}}
{{- $problems = append $problems (printf "kafka.sasl.existingSecret: is needed with mechanism %s" .mechanism) -}}
{{- end -}}
{{- if and .existingSecret (not .mechanism) -}}
{{- $problems = append $problems "kafka.sasl.mechanism: is needed with existingSecret" -}}
{{- end -}}
{{- end -}}
{{- with .Values.kafka.tls -}}
{{- if ne (empty .certKey) (empty .keyKey) -}}
{{- $problems = append $problems "kafka.tls: certKey and keyKey belong together" -}}
{{- end -}}
{{- if and (or .caKey .certKey) (not .existingSecret) -}}
{{- $problems = append $problems "kafka.tls.existingSecret: is needed with caKey or certKey" -}}
{{- end -}}
{{- end -}}
{{- with .Values.mongo.tls -}}
{{- if and (or .caKey .certificateKeyKey) (not .existingSecret) -}}
{{- $problems = append $problems "mongo.tls.existingSecret: is needed with caKey or certificateKeyKey" -}}
{{- end -}}
{{- end -}}
{{- if and .Values.ingress.enabled (not .Values.ingress.host) -}}
{{- $problems = append $problems "ingress.host: is needed with ingress.enabled" -}}
{{- end -}}
{{- if and .Values.ingress.grpc.enabled (not .Values.ingress.grpc.host) -}}
{{- $problems = append $problems "ingress.grpc.host: is needed with ingress.grpc.enabled" -}}
{{- end -}}
{{- with .Values.networkPolicy -}}
{{- if and .enabled (not .allowExternal) (not .ingressFrom) -}}
{{- if $.Values.ingress.enabled -}}
{{- $problems = append $problems "networkPolicy.ingressFrom: is needed with ingress.enabled and without allowExternal: the ingress controller" -}}
{{- end -}}
{{- if and $.Values.podMonitor.enabled (not .metricsFrom) -}}
{{- $problems = append $problems "networkPolicy.metricsFrom: is needed with podMonitor.enabled and without allowExternal: Prometheus" -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- range $name, $facts := (.Files.Get "files/services.json" | fromJson) -}}
{{- $service := get $.Values.services $name -}}
{{- range $scaler := list "autoscaling" "keda" -}}
{{- with get $service $scaler -}}
{{- if and .enabled (gt (int .minReplicas) (int .maxReplicas)) -}}
{{- $problems = append $problems (printf "services.%s.%s.minReplicas: must be at most maxReplicas (%d)" $name $scaler (int .maxReplicas)) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- with $service.keda -}}
{{- if and .enabled (not $facts.lag) (not .triggers) -}}
{{- $problems = append $problems (printf "services.%s.keda.triggers: is needed; the lag of %s does not say how much work waits" $name $name) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- if and .Values.trainingJobs.keda.enabled (not .Values.mongo.database) -}}
{{- $problems = append $problems "mongo.database: is needed with trainingJobs.keda.enabled" -}}
{{- end -}}
{{- if $problems -}}
{{- fail (printf "the values are incomplete or contradict each other\n  %s\n" (join "\n  " $problems)) -}}
{{- end -}}
{{- end -}}
