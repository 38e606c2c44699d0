{{/* Variables that every service reads and that are no secrets. */}}
{{- define "perennial.environment" -}}
HOST: 0.0.0.0
LOG_LEVEL: {{ .Values.logLevel }}
PIPELINES: /etc/perennial/pipelines
SHUTDOWN_TIMEOUT_MS: {{ int64 .Values.shutdownTimeoutMs | quote }}
SHUTDOWN_DRAIN_MS: {{ int64 .Values.shutdownDrainMs | quote }}
{{- with .Values.access }}
{{- if .none }}
ACCESS: none
{{- end }}
{{- if .keys.existingSecret }}
ACCESS_KEYS_FILE: /etc/perennial/access/{{ .keys.key }}
{{- end }}
{{- with .tokens }}
{{- if .issuer }}
ACCESS_TOKEN_ISSUER: {{ .issuer | quote }}
ACCESS_TOKEN_AUDIENCE: {{ join "," .audience | quote }}
{{- with .keysUrl }}
ACCESS_TOKEN_KEYS_URL: {{ . | quote }}
{{- end }}
{{- with .algorithms }}
ACCESS_TOKEN_ALGORITHMS: {{ join "," . | quote }}
{{- end }}
{{- with .scopeClaim }}
ACCESS_TOKEN_SCOPE_CLAIM: {{ . | quote }}
{{- end }}
{{- with .scopePrefix }}
ACCESS_TOKEN_SCOPE_PREFIX: {{ . | quote }}
{{- end }}
{{- with .nameClaim }}
ACCESS_TOKEN_NAME_CLAIM: {{ . | quote }}
{{- end }}
{{- end }}
{{- end }}
{{- if .service.existingSecret }}
SERVICE_KEY_FILE: /etc/perennial/service-key/{{ .service.key }}
{{- end }}
{{- with .ratePerSecond }}
ACCESS_RATE_PER_SECOND: {{ int64 . | quote }}
{{- end }}
{{- with .rateBurst }}
ACCESS_RATE_BURST: {{ int64 . | quote }}
{{- end }}
ACCESS_METRICS: {{ .metrics }}
{{- end }}
{{- with .Values.groupSuffix }}
GROUP_SUFFIX: {{ . | quote }}
{{- end }}
{{- with .Values.httpBodyLimitBytes }}
HTTP_BODY_LIMIT_BYTES: {{ int64 . | quote }}
{{- end }}
{{- with .Values.otlpEndpoint }}
OTEL_EXPORTER_OTLP_ENDPOINT: {{ . | quote }}
{{- end }}
{{- with .Values.kafka }}
KAFKA_BROKERS: {{ join "," .brokers | quote }}
{{- if not (kindIs "invalid" .replicationFactor) }}
KAFKA_REPLICATION_FACTOR: {{ int .replicationFactor | quote }}
{{- end }}
{{- with .sessionTimeoutMs }}
KAFKA_SESSION_TIMEOUT_MS: {{ int64 . | quote }}
{{- end }}
{{- if .tls.enabled }}
KAFKA_SSL: 'true'
{{- with .tls.caKey }}
KAFKA_SSL_CA_FILE: /etc/perennial/kafka-tls/{{ . }}
{{- end }}
{{- with .tls.certKey }}
KAFKA_SSL_CERT_FILE: /etc/perennial/kafka-tls/{{ . }}
{{- end }}
{{- with .tls.keyKey }}
KAFKA_SSL_KEY_FILE: /etc/perennial/kafka-tls/{{ . }}
{{- end }}
{{- end }}
{{- with .sasl.mechanism }}
KAFKA_SASL_MECHANISM: {{ . }}
{{- end }}
{{- end }}
{{- with .Values.mongo }}
{{- with .database }}
MONGO_DATABASE: {{ . | quote }}
{{- end }}
{{- with .auth.source }}
MONGO_AUTH_SOURCE: {{ . | quote }}
{{- end }}
{{- if .tls.enabled }}
MONGO_TLS: 'true'
{{- with .tls.caKey }}
MONGO_TLS_CA_FILE: /etc/perennial/mongo-tls/{{ . }}
{{- end }}
{{- with .tls.certificateKeyKey }}
MONGO_TLS_CERTIFICATE_KEY_FILE: /etc/perennial/mongo-tls/{{ . }}
{{- end }}
{{- end }}
{{- end }}
{{- with .Values.objectStore }}
OBJECT_STORE: {{ .type }}
{{- if eq .type "s3" }}
S3_REGION: {{ .s3.region | quote }}
S3_BUCKET_PREFIX: {{ .s3.bucketPrefix | quote }}
S3_FORCE_PATH_STYLE: {{ .s3.forcePathStyle | quote }}
S3_CREATE_BUCKETS: {{ .s3.createBuckets | quote }}
{{- with .s3.endpoint }}
S3_ENDPOINT: {{ . | quote }}
{{- end }}
{{- end }}
{{- end }}
{{- end -}}

{{/* One variable from a Secret. Call with: variable, secret, key, optional. */}}
{{- define "perennial.fromSecret" -}}
- name: {{ .variable }}
  valueFrom:
    secretKeyRef: { name: {{ .secret | quote }}, key: {{ .key | quote }}{{ if .optional }}, optional: true{{ end }} }
{{- end -}}

{{/* Secrets that every service reads, by reference. */}}
{{- define "perennial.secrets" -}}
{{ include "perennial.fromSecret" (dict "variable" "MONGO_URL" "secret" (include "perennial.mongoSecret" .) "key" .Values.mongo.urlKey) }}
{{- with .Values.mongo.auth }}
{{- if .existingSecret }}
{{ include "perennial.fromSecret" (dict "variable" "MONGO_USERNAME" "secret" .existingSecret "key" .usernameKey) }}
{{ include "perennial.fromSecret" (dict "variable" "MONGO_PASSWORD" "secret" .existingSecret "key" .passwordKey) }}
{{- end }}
{{- end }}
{{- with .Values.kafka.sasl }}
{{- if .mechanism }}
{{ include "perennial.fromSecret" (dict "variable" "KAFKA_SASL_USERNAME" "secret" .existingSecret "key" .usernameKey) }}
{{ include "perennial.fromSecret" (dict "variable" "KAFKA_SASL_PASSWORD" "secret" .existingSecret "key" .passwordKey) }}
{{- end }}
{{- end }}
{{- with .Values.objectStore }}
{{- if and (eq .type "s3") .s3.existingSecret }}
{{ include "perennial.fromSecret" (dict "variable" "S3_ACCESS_KEY_ID" "secret" .s3.existingSecret "key" .s3.accessKeyIdKey) }}
{{ include "perennial.fromSecret" (dict "variable" "S3_SECRET_ACCESS_KEY" "secret" .s3.existingSecret "key" .s3.secretAccessKeyKey) }}
{{- end }}
{{- end }}
{{- end -}}

{{/* A service's own certificate, and the authority of those that it asks. Call with: root, name, job. */}}
{{- define "perennial.tls" -}}
{{- $own := ternary .root.Values.tls .root.Values.tls.services (eq .name "inference") }}
{{- if and (include "perennial.certificate" .) (not .job) }}
- { name: TLS_CERT_FILE, value: /etc/perennial/tls/{{ $own.certKey }} }
- { name: TLS_KEY_FILE, value: /etc/perennial/tls/{{ $own.keyKey }} }
{{- with $own.clientCaKey }}
- { name: TLS_CLIENT_CA_FILE, value: /etc/perennial/tls/{{ . }} }
- { name: TLS_CLIENT_CERTIFICATES, value: except-health }
{{- end }}
{{- end }}
{{- with .root.Values.tls.services }}
{{- if and .existingSecret .caKey }}
# Of Node.js itself: beside the public authorities.
- name: NODE_EXTRA_CA_CERTS
  value: /etc/perennial/services-ca/{{ .caKey }}
{{- end }}
{{- end }}
{{- end -}}

{{/* What only inference reads: a Feast server, and who it is at an MLflow server. */}}
{{- define "perennial.inference" -}}
{{- with .Values.mlflow.existingSecret }}
{{ include "perennial.fromSecret" (dict "variable" "MLFLOW_TRACKING_TOKEN" "secret" . "key" "MLFLOW_TRACKING_TOKEN" "optional" true) }}
{{ include "perennial.fromSecret" (dict "variable" "MLFLOW_TRACKING_USERNAME" "secret" . "key" "MLFLOW_TRACKING_USERNAME" "optional" true) }}
{{ include "perennial.fromSecret" (dict "variable" "MLFLOW_TRACKING_PASSWORD" "secret" . "key" "MLFLOW_TRACKING_PASSWORD" "optional" true) }}
{{- end }}
{{- with .Values.feast.url }}
- { name: FEAST_URL, value: {{ . | quote }} }
{{- end }}
{{- with .Values.feast.existingSecret }}
{{ include "perennial.fromSecret" (dict "variable" "FEAST_TOKEN" "secret" . "key" $.Values.feast.key) }}
{{- end }}
{{- end -}}

{{/* What only alerting reads. */}}
{{- define "perennial.alerting" -}}
{{- with .Values.alerts.existingSecret }}
{{- $secret := . }}
{{- range list "PAGERDUTY_ROUTING_KEY" "SLACK_WEBHOOK_URL" "SMTP_URL" "WEBHOOK_URL" "WEBHOOK_SECRET" }}
{{ include "perennial.fromSecret" (dict "variable" . "secret" $secret "key" . "optional" true) }}
{{- end }}
{{- end }}
{{- with .Values.alerts.email.from }}
- { name: ALERT_EMAIL_FROM, value: {{ . | quote }} }
{{- end }}
{{- with .Values.alerts.email.to }}
- { name: ALERT_EMAIL_TO, value: {{ join "," . | quote }} }
{{- end }}
{{- if .Values.alerts.publicUrl }}
- { name: PUBLIC_URL, value: {{ .Values.alerts.publicUrl | quote }} }
{{- else if .Values.ingress.enabled }}
- { name: PUBLIC_URL, value: {{ printf "%s://%s" (ternary "https" "http" .Values.ingress.tls.enabled) .Values.ingress.host | quote }} }
{{- end }}
{{- end -}}
