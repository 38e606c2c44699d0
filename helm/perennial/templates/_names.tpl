{{- define "perennial.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride -}}
{{- else -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- if contains $name .Release.Name -}}{{ .Release.Name | trunc 40 | trimSuffix "-" }}{{- else -}}{{ printf "%s-%s" .Release.Name $name | trunc 40 | trimSuffix "-" }}{{- end -}}
{{- end -}}
{{- end -}}

{{- define "perennial.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{ include "perennial.selector" . }}
{{- end -}}

{{- define "perennial.selector" -}}
app.kubernetes.io/name: {{ default .Chart.Name .Values.nameOverride }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "perennial.serviceAccount" -}}
{{- if .Values.serviceAccount.name -}}{{ .Values.serviceAccount.name }}
{{- else if .Values.serviceAccount.create -}}{{ include "perennial.fullname" . }}
{{- else -}}default{{- end -}}
{{- end -}}

{{- define "perennial.image" -}}
{{- with .Values.image -}}
{{- if .digest -}}{{ .repository }}@{{ .digest }}{{- else -}}{{ .repository }}:{{ default $.Chart.AppVersion .tag }}{{- end -}}
{{- end -}}
{{- end -}}

{{- define "perennial.pipelines" -}}
{{- default (printf "%s-pipelines" (include "perennial.fullname" .)) .Values.existingPipelinesConfigMap -}}
{{- end -}}

{{- define "perennial.mongoSecret" -}}
{{- default (printf "%s-mongo" (include "perennial.fullname" .)) .Values.mongo.existingSecret -}}
{{- end -}}

{{- define "perennial.deployedClaim" -}}
{{- default (printf "%s-deployed" (include "perennial.fullname" .)) .Values.deployedModels.persistence.existingClaim -}}
{{- end -}}
