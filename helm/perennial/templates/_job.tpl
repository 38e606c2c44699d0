{{/* The spec of a Job that trains a run. Call with: root, jobs (its values), pod (of perennial.pod). */}}
{{- define "perennial.trainingJob" -}}
backoffLimit: {{ int .jobs.backoffLimit }}
ttlSecondsAfterFinished: {{ int .jobs.ttlSecondsAfterFinished }}
{{- if semverCompare ">=1.26-0" .root.Capabilities.KubeVersion.Version }}
podFailurePolicy:
  rules:
    # The run failed, or the configuration is wrong: another pod would end alike. Exit code 2 is tried again.
    - action: FailJob
      onExitCodes: { containerName: training-job, operator: In, values: [1, 64] }
    - action: Ignore
      onPodConditions: [{ type: DisruptionTarget, status: "True" }]
{{- end }}
template:
  {{- include "perennial.pod" .pod | nindent 2 }}
{{- end -}}
