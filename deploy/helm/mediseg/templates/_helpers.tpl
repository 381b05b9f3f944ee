{{- define "mediseg.fullname" -}}
{{- if contains .Chart.Name .Release.Name }}{{ .Release.Name | trunc 40 | trimSuffix "-" }}
{{- else }}{{ printf "%s-%s" .Release.Name .Chart.Name | trunc 40 | trimSuffix "-" }}{{ end }}
{{- end }}

{{- define "mediseg.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "mediseg.labels" -}}
{{ include "mediseg.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end }}

{{- define "mediseg.secret" -}}
{{ required "existingSecret must name the Secret with Data__Postgres and Data__RabbitMq." .Values.existingSecret }}
{{- end }}

{{- define "mediseg.dataClaim" -}}
{{ .Values.data.existingClaim | default (printf "%s-data" (include "mediseg.fullname" .)) }}
{{- end }}

{{/* Settings as a map of environment variables, in YAML: (dict "at" PREFIX "value" SETTINGS). */}}
{{- define "mediseg.settings" -}}
{{- $at := .at -}}
{{- if kindIs "map" .value }}
{{- range $key, $below := .value }}
{{ include "mediseg.settings" (dict "at" (ternary $key (printf "%s__%s" $at $key) (eq $at "")) "value" $below) }}
{{- end }}
{{- else if kindIs "slice" .value }}
{{- range $n, $below := .value }}
{{ include "mediseg.settings" (dict "at" (printf "%s__%d" $at $n) "value" $below) }}
{{- end }}
{{- else if kindIs "float64" .value }}
{{- /* Numbers of values files are floating ones: 2147483648 must not become 2.147483648e+09. */}}
{{ $at }}: {{ ternary (.value | int64 | toString) (.value | toString) (eq (floor .value) .value) | quote }}
{{- else if not (kindIs "invalid" .value) }}
{{ $at }}: {{ .value | toString | quote }}
{{- end }}
{{- end }}

{{/* The same as a list of a container's env: (dict "settings" SETTINGS "role" ROLE "models" NAMES "chart" CHART). */}}
{{- define "mediseg.env" -}}
{{- $root := .chart.Values -}}
{{- $secrets := "belongs in the Secret that existingSecret names, not in values." -}}
{{- range $given := list $root.config .settings }}
{{- range $key := list "Postgres" "RabbitMq" }}
{{- if hasKey (get $given "Data" | default dict) $key }}{{ fail (printf "Data.%s %s" $key $secrets) }}{{ end }}
{{- end }}
{{- if hasKey (get $given "Jobs" | default dict) "Role" }}{{ fail "Jobs.Role is set by the chart." }}{{ end }}
{{- end }}
{{- $own := dict "Jobs" (dict "Role" .role) "Data" (dict "Root" "/data/jobs") "Secrets" (dict "Folder" "/run/secrets/mediseg") -}}
{{- if .models }}{{ $_ := set $own.Jobs "Models" .models }}{{ end -}}
{{- if $root.models.existingClaim }}{{ $_ := set $own "Models" (dict "Root" "/models") }}{{ end -}}
{{- $all := mergeOverwrite (deepCopy $root.config) (deepCopy .settings) $own -}}
{{- range $name, $value := include "mediseg.settings" (dict "at" "" "value" $all) | fromYaml }}
- name: {{ $name }}
  value: {{ $value | quote }}
{{- end }}
- name: TMPDIR
  value: /tmp
{{- end }}

{{/* A Deployment's pod: (dict "chart" CHART "component" NAME "pod" VALUES "role" ROLE "models" NAMES). */}}
{{- define "mediseg.pod" -}}
{{- $chart := .chart -}}
{{- $values := .chart.Values -}}
{{- $pod := .pod -}}
{{- $image := $pod.image | default dict -}}
metadata:
  labels:
    {{- include "mediseg.labels" $chart | nindent 4 }}
    app.kubernetes.io/component: {{ .component }}
  {{- with $pod.podAnnotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  serviceAccountName: {{ include "mediseg.fullname" $chart }}
  automountServiceAccountToken: false
  enableServiceLinks: false
  terminationGracePeriodSeconds: {{ $pod.terminationGracePeriodSeconds | default 60 }}
  {{- with $pod.runtimeClassName }}
  runtimeClassName: {{ . | quote }}
  {{- end }}
  {{- with $values.imagePullSecrets }}
  imagePullSecrets:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  securityContext:
    {{- toYaml $values.podSecurityContext | nindent 4 }}
  {{- range $key := list "nodeSelector" "tolerations" "affinity" }}
  {{- with get $pod $key }}
  {{ $key }}:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- end }}
  topologySpreadConstraints:
    {{- range $key := list "topology.kubernetes.io/zone" "kubernetes.io/hostname" }}
    - maxSkew: 1
      topologyKey: {{ $key }}
      whenUnsatisfiable: ScheduleAnyway
      labelSelector:
        matchLabels:
          {{- include "mediseg.selector" $chart | nindent 10 }}
          app.kubernetes.io/component: {{ $.component }}
    {{- end }}
  containers:
    - name: mediseg
      image: "{{ $image.repository | default $values.image.repository }}:{{ $image.tag | default $values.image.tag | default $chart.Chart.AppVersion }}"
      imagePullPolicy: {{ $values.image.pullPolicy }}
      env:
        {{- include "mediseg.env" (dict "chart" $chart "settings" ($pod.config | default dict) "role" .role "models" .models) | nindent 8 }}
      ports:
        - name: http
          containerPort: 8080
      # The first start loads and warms up the models; liveness begins when the process answers.
      startupProbe:
        httpGet: { path: /health/live, port: http }
        periodSeconds: 5
        failureThreshold: 60
      livenessProbe:
        httpGet: { path: /health/live, port: http }
        periodSeconds: 15
        timeoutSeconds: 5
        failureThreshold: 4
      readinessProbe:
        httpGet: { path: /health/ready, port: http }
        periodSeconds: 10
        timeoutSeconds: 5
      {{- if eq .role "Api" }}
      lifecycle:
        # Until the Service's endpoints have heard that this pod goes.
        preStop:
          exec: { command: [ sleep, "5" ] }
      {{- end }}
      resources:
        {{- $resources := deepCopy ($pod.resources | default dict) }}
        {{- if $pod.gpu }}
        {{- $_ := set $resources "limits" (merge (dict "nvidia.com/gpu" (int $pod.gpu)) ($resources.limits | default dict)) }}
        {{- end }}
        {{- toYaml $resources | nindent 8 }}
      securityContext:
        allowPrivilegeEscalation: false
        readOnlyRootFilesystem: true
        capabilities: { drop: [ ALL ] }
      volumeMounts:
        - { name: data, mountPath: /data }
        - { name: temporary, mountPath: /tmp }
        - { name: secrets, mountPath: /run/secrets/mediseg, readOnly: true }
        {{- if $values.models.existingClaim }}
        # Administrators upload packages by the api.
        - { name: models, mountPath: /models, readOnly: {{ ne .role "Api" }} }
        {{- end }}
  volumes:
    - name: data
      persistentVolumeClaim: { claimName: {{ include "mediseg.dataClaim" $chart }} }
    - name: temporary
      emptyDir: { sizeLimit: {{ $values.temporary.sizeLimit }} }
    - name: secrets
      secret: { secretName: {{ include "mediseg.secret" $chart }}, defaultMode: 0440 }
    {{- with $values.models.existingClaim }}
    - name: models
      persistentVolumeClaim: { claimName: {{ . }} }
    {{- end }}
{{- end }}
