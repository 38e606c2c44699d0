{{/* How many replicas a service keeps at least. Call with: values (of the service). */}}
{{- define "perennial.minimum" -}}
{{- $keda := default dict .values.keda -}}
{{- $hpa := default dict .values.autoscaling -}}
{{- if $keda.enabled -}}{{ int $keda.minReplicas }}{{- else if $hpa.enabled -}}{{ int $hpa.minReplicas }}{{- else -}}{{ int .values.replicas }}{{- end -}}
{{- end -}}

{{/* Empty where a scaler decides; a number here would undo its decision at every upgrade. */}}
{{- define "perennial.replicas" -}}
{{- if not (or (dig "enabled" false (default dict .values.keda)) (dig "enabled" false (default dict .values.autoscaling))) -}}
replicas: {{ int .values.replicas }}
{{- end -}}
{{- end -}}

{{/*
The pod of a service, or of a Job of the trainer. Call with: root, name, facts (of files/services.json), values (of the
service), services, and of a Job: job (its command), component.
*/}}
{{- define "perennial.pod" -}}
{{- $root := .root -}}
{{- $component := default .name .component -}}
{{- $values := .root.Values -}}
{{- $full := include "perennial.fullname" .root -}}
{{- $certificate := include "perennial.certificate" (dict "root" .root "name" .name) -}}
{{- $trusted := and $values.tls.services.existingSecret $values.tls.services.caKey -}}
metadata:
  labels:
    {{- include "perennial.labels" .root | nindent 4 }}
    app.kubernetes.io/component: {{ $component }}
    {{- with mergeOverwrite (dict) $values.podLabels (default dict .values.podLabels) }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  annotations:
    checksum/environment: {{ include "perennial.environment" .root | sha256sum }}
    checksum/pipelines: {{ toYaml $values.pipelines | sha256sum }}
    {{- with $values.mongo.url }}
    checksum/mongo: {{ sha256sum . }}
    {{- end }}
    {{- with mergeOverwrite (dict) $values.podAnnotations (default dict .values.podAnnotations) }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
spec:
  {{- if .job }}
  # The run is taken up again by a new pod.
  restartPolicy: Never
  {{- end }}
  serviceAccountName: {{ include "perennial.serviceAccount" .root }}
  automountServiceAccountToken: false
  # Variables such as PERENNIAL_REGISTRY_PORT would only confuse.
  enableServiceLinks: false
  terminationGracePeriodSeconds: {{ add (ceil (divf $values.shutdownTimeoutMs 1000)) $values.preStopSeconds 5 }}
  {{- with $values.image.pullSecrets }}
  imagePullSecrets:
    {{- range . }}
    - name: {{ . }}
    {{- end }}
  {{- end }}
  {{- with $values.priorityClassName }}
  priorityClassName: {{ . }}
  {{- end }}
  {{- with $values.podSecurityContext }}
  securityContext:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with default $values.nodeSelector .values.nodeSelector }}
  nodeSelector:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with default $values.tolerations .values.tolerations }}
  tolerations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .values.affinity }}
  affinity:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  topologySpreadConstraints:
    {{- with .values.topologySpreadConstraints }}
    {{- toYaml . | nindent 4 }}
    {{- else }}
    - maxSkew: 1
      topologyKey: kubernetes.io/hostname
      whenUnsatisfiable: ScheduleAnyway
      labelSelector:
        matchLabels:
          {{- include "perennial.selector" .root | nindent 10 }}
          app.kubernetes.io/component: {{ $component }}
    {{- end }}
  containers:
    - name: {{ $component }}
      image: {{ include "perennial.image" .root | quote }}
      imagePullPolicy: {{ $values.image.pullPolicy }}
      {{- if .job }}
      command: {{ toJson .job }}
      {{- else }}
      command: [node, services/{{ .name }}/dist/main.js]
      {{- end }}
      {{- with $values.containerSecurityContext }}
      securityContext:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- if not .job }}
      ports:
        - { name: http, containerPort: {{ .facts.port }} }
        {{- with .facts.grpcPort }}
        - { name: grpc, containerPort: {{ . }} }
        {{- end }}
      {{- end }}
      envFrom:
        - configMapRef: { name: {{ $full }}-environment }
      env:
        - { name: PORT, value: {{ .facts.port | quote }} }
        {{- with .facts.grpcPort }}
        - { name: GRPC_PORT, value: {{ . | quote }} }
        {{- end }}
        {{- include "perennial.secrets" .root | nindent 8 }}
        {{- range $variable, $peer := .facts.peers }}
        - { name: {{ $variable }}, value: {{ printf "%s://%s-%s:%v" (include "perennial.scheme" (dict "root" $root "name" $peer)) $full $peer (get (index $.services $peer) "port") | quote }} }
        {{- end }}
        {{- range $variable, $folder := .facts.folders }}
        - { name: {{ $variable }}, value: {{ $folder }} }
        {{- end }}
        {{- with include "perennial.tls" (dict "root" .root "name" .name "job" .job) }}
        {{- . | nindent 8 }}
        {{- end }}
        {{- if eq .name "inference" }}
        {{- with include "perennial.inference" .root }}
        {{- . | nindent 8 }}
        {{- end }}
        {{- end }}
        {{- if eq .name "alerting" }}
        {{- with include "perennial.alerting" .root }}
        {{- . | nindent 8 }}
        {{- end }}
        {{- end }}
        {{- range $variable, $value := .values.env }}
        - { name: {{ $variable }}, value: {{ ternary (int64 $value | toString) (toString $value) (and (kindIs "float64" $value) (eq (floor $value) $value)) | quote }} }
        {{- end }}
        {{- with concat $values.extraEnv (default list .values.extraEnv) }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      {{- if not .job }}
      startupProbe:
        httpGet: { path: /health/live, port: http{{ if $certificate }}, scheme: HTTPS{{ end }} }
        {{- toYaml $values.probes.startup | nindent 8 }}
      livenessProbe:
        httpGet: { path: /health/live, port: http{{ if $certificate }}, scheme: HTTPS{{ end }} }
        {{- toYaml $values.probes.liveness | nindent 8 }}
      readinessProbe:
        httpGet: { path: /health/ready, port: http{{ if $certificate }}, scheme: HTTPS{{ end }} }
        {{- toYaml $values.probes.readiness | nindent 8 }}
      {{- if $values.preStopSeconds }}
      lifecycle:
        preStop:
          exec: { command: [sleep, {{ $values.preStopSeconds | quote }}] }
      {{- end }}
      {{- end }}
      resources:
        {{- toYaml .values.resources | nindent 8 }}
      volumeMounts:
        - { name: pipelines, mountPath: /etc/perennial/pipelines, readOnly: true }
        - { name: tmp, mountPath: /tmp }
        {{- if $values.access.keys.existingSecret }}
        - { name: access, mountPath: /etc/perennial/access, readOnly: true }
        {{- end }}
        {{- if $values.access.service.existingSecret }}
        - { name: service-key, mountPath: /etc/perennial/service-key, readOnly: true }
        {{- end }}
        {{- if and $certificate (not .job) }}
        - { name: tls, mountPath: /etc/perennial/tls, readOnly: true }
        {{- end }}
        {{- if $trusted }}
        - { name: services-ca, mountPath: /etc/perennial/services-ca, readOnly: true }
        {{- end }}
        {{- if .facts.folders }}
        {{- $readOnly := and (eq .name "inference") $values.deployedModels.persistence.enabled }}
        - { name: data, mountPath: {{ first (values .facts.folders) }}{{ if $readOnly }}, readOnly: true{{ end }} }
        {{- end }}
        {{- if and $values.kafka.tls.enabled $values.kafka.tls.existingSecret }}
        - { name: kafka-tls, mountPath: /etc/perennial/kafka-tls, readOnly: true }
        {{- end }}
        {{- if and $values.mongo.tls.enabled $values.mongo.tls.existingSecret }}
        - { name: mongo-tls, mountPath: /etc/perennial/mongo-tls, readOnly: true }
        {{- end }}
  volumes:
    - name: pipelines
      configMap: { name: {{ include "perennial.pipelines" .root }} }
    - name: tmp
      emptyDir: {{ include "perennial.emptyDir" $values.temporaryStorage.sizeLimit }}
    {{- with $values.access.keys.existingSecret }}
    - name: access
      secret: { secretName: {{ . }} }
    {{- end }}
    {{- with $values.access.service.existingSecret }}
    - name: service-key
      secret: { secretName: {{ . }} }
    {{- end }}
    {{- if and $certificate (not .job) }}
    - name: tls
      secret: { secretName: {{ $certificate }} }
    {{- end }}
    {{- if $trusted }}
    {{- with $values.tls.services }}
    - name: services-ca
      secret: { secretName: {{ .existingSecret }}, items: [{ key: {{ .caKey }}, path: {{ .caKey }} }] }
    {{- end }}
    {{- end }}
    {{- if .facts.folders }}
    {{- if eq .name "feature-store" }}
    {{- if not $values.featureStore.persistence.enabled }}
    - name: data
      emptyDir: {{ include "perennial.emptyDir" $values.featureStore.emptyDirSizeLimit }}
    {{- end }}
    {{- else if $values.deployedModels.persistence.enabled }}
    - name: data
      persistentVolumeClaim: { claimName: {{ include "perennial.deployedClaim" .root }} }
    {{- else }}
    - name: data
      emptyDir: {}
    {{- end }}
    {{- end }}
    {{- if and $values.kafka.tls.enabled $values.kafka.tls.existingSecret }}
    - name: kafka-tls
      secret: { secretName: {{ $values.kafka.tls.existingSecret }} }
    {{- end }}
    {{- if and $values.mongo.tls.enabled $values.mongo.tls.existingSecret }}
    - name: mongo-tls
      secret: { secretName: {{ $values.mongo.tls.existingSecret }} }
    {{- end }}
{{- end -}}

{{- define "perennial.emptyDir" -}}
{{- if . -}}{ sizeLimit: {{ . }} }{{- else -}}{}{{- end -}}
{{- end -}}
