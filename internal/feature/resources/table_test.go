package resources

import (
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/utils/ptr"

	"kubemate.io/kubemate/internal/core/fleet"
)

func TestParseFilter(t *testing.T) {
	tests := map[string]string{
		"status=Running,Pending": "status = Running|Pending", "restarts>5": "restarts > 5", "restarts>=5": "restarts >= 5",
		"node!=a": "node != a", "cpu < 500m": "cpu < 500m", "image=a=b": "image = a=b", "reason=": "reason = ", "labels=app=x,y": "labels = app=x|y",
	}
	for text, want := range tests {
		f, err := parseFilter(text)
		if got := f.Column + " " + f.Op + " " + strings.Join(f.Values, "|"); err != nil || got != want {
			t.Errorf("%q is %q, %v; want %q", text, got, err, want)
		}
	}
	for _, text := range []string{"", "status", "=x", "!a", "  ", "a!b"} {
		if f, err := parseFilter(text); err == nil {
			t.Errorf("%q is taken as %+v", text, f)
		}
	}
}

func TestCSVCell(t *testing.T) {
	tests := []struct {
		kind fleet.ColumnType
		cell any
		want string
	}{
		{fleet.TypeText, "a", "a"},
		{fleet.TypeText, "=HYPERLINK(1)", "'=HYPERLINK(1)"},
		{fleet.TypeText, "-1+2", "'-1+2"},
		{fleet.TypeText, nil, ""},
		{fleet.TypeNumber, -3, "-3"},
		{fleet.TypeCPU, 1500, "1500"},
		{fleet.TypeTime, int64(1772366400), "2026-03-01T12:00:00Z"},
		{fleet.TypeStatus, [2]string{"ok", "Running"}, "Running"},
		{fleet.TypeFraction, [2]int{2, 3}, "2/3"},
		{fleet.TypeList, []string{"a", "b"}, "a b"},
		{fleet.TypeLabels, map[string]string{"b": "2", "a": "1"}, "a=1 b=2"},
		{fleet.TypeBytes, 1 << 40, "1099511627776"},
	}
	for _, tt := range tests {
		if got := csvCell(tt.kind, tt.cell); got != tt.want {
			t.Errorf("%s %v is %q, want %q", tt.kind, tt.cell, got, tt.want)
		}
	}
	if got := fileName("a/b", "pods..\"x"); got != "a_b-pods.._x" {
		t.Errorf("file name %q", got)
	}
}

func TestParseRefusals(t *testing.T) {
	total, got := parseRefusals("0/5 nodes are available: 1 node(s) had untolerated taint {a: b}, 3 Insufficient cpu, 2 Insufficient memory. preemption: 0/5 nodes are available: 1 Preemption is not helpful for scheduling, 4 No preemption victims found for incoming pod.")
	if total != 5 || len(got) != 3 || got[1] != (refusal{3, "Insufficient cpu"}) || got[0].reason != "node(s) had untolerated taint {a: b}" {
		t.Errorf("got %d, %+v", total, got)
	}
	if total, got := parseRefusals("something else"); total != 0 || got != nil {
		t.Errorf("got %d, %+v", total, got)
	}
	if _, got := parseRefusals(`0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims.`); len(got) != 1 || got[0].nodes != 1 {
		t.Errorf("got %+v", got)
	}
}

func TestPodRequest(t *testing.T) {
	need := func(cpu string) corev1.ResourceRequirements {
		return corev1.ResourceRequirements{Requests: corev1.ResourceList{corev1.ResourceCPU: resource.MustParse(cpu)}}
	}
	spec := &corev1.PodSpec{
		InitContainers: []corev1.Container{
			{Name: "sidecar", Resources: need("1"), RestartPolicy: ptr.To(corev1.ContainerRestartPolicyAlways)},
			{Name: "greedy", Resources: need("4")},
		},
		Containers: []corev1.Container{{Resources: need("2")}, {Resources: need("500m")}},
		Overhead:   corev1.ResourceList{corev1.ResourceCPU: resource.MustParse("250m")},
	}
	// init: 4 + the sidecar before it; main: 2.5 + sidecar
	if got := podRequest(spec, corev1.ResourceCPU); got.Cmp(resource.MustParse("5250m")) != 0 {
		t.Errorf("got %s, want 5250m", got.String())
	}
}

func TestDeploymentRollout(t *testing.T) {
	make := func(change func(*appsv1.Deployment)) *appsv1.Deployment {
		d := &appsv1.Deployment{Spec: appsv1.DeploymentSpec{Replicas: ptr.To[int32](3)}}
		d.Status = appsv1.DeploymentStatus{Replicas: 3, UpdatedReplicas: 3, ReadyReplicas: 3, AvailableReplicas: 3}
		change(d)
		return d
	}
	tests := []struct {
		name, phase, message string
		change               func(*appsv1.Deployment)
	}{
		{"complete", rolloutComplete, "all 3 pods", func(*appsv1.Deployment) {}},
		{"not seen", rolloutProgressing, "not seen", func(d *appsv1.Deployment) { d.Generation = 2 }},
		{"half", rolloutProgressing, "1 of 3 pods are of the new revision", func(d *appsv1.Deployment) { d.Status.UpdatedReplicas = 1 }},
		{"old ones end", rolloutProgressing, "1 old pods", func(d *appsv1.Deployment) { d.Status.Replicas = 4 }},
		{"not available", rolloutProgressing, "2 of 3 new pods", func(d *appsv1.Deployment) { d.Status.AvailableReplicas = 2 }},
		{"paused", rolloutPaused, "paused", func(d *appsv1.Deployment) { d.Spec.Paused = true }},
		{"deadline", rolloutFailed, "no progress for 600 s", func(d *appsv1.Deployment) {
			d.Status.Conditions = []appsv1.DeploymentCondition{{Type: "Progressing", Status: "False", Reason: "ProgressDeadlineExceeded"}}
		}},
		{"quota", rolloutFailed, "exceeded quota", func(d *appsv1.Deployment) {
			d.Status.Conditions = []appsv1.DeploymentCondition{{Type: "ReplicaFailure", Status: "True", Message: "exceeded quota"}}
		}},
	}
	for _, tt := range tests {
		if got := deploymentRollout(make(tt.change)); got.Phase != tt.phase || !strings.Contains(got.Message, tt.message) {
			t.Errorf("%s: %s (%s), want %s (%s)", tt.name, got.Phase, got.Message, tt.phase, tt.message)
		}
	}
}

func TestStatefulSetRollout(t *testing.T) {
	set := &appsv1.StatefulSet{Spec: appsv1.StatefulSetSpec{
		Replicas:       ptr.To[int32](3),
		UpdateStrategy: appsv1.StatefulSetUpdateStrategy{RollingUpdate: &appsv1.RollingUpdateStatefulSetStrategy{Partition: ptr.To[int32](2)}},
	}}
	set.Status = appsv1.StatefulSetStatus{ReadyReplicas: 3, CurrentRevision: "a", UpdateRevision: "b", UpdatedReplicas: 1}
	if got := statefulSetRollout(set); got.Phase != rolloutPaused || !strings.Contains(got.Message, "partition") {
		t.Errorf("at the partition: %+v", got)
	}
	set.Spec.UpdateStrategy.RollingUpdate = nil
	if got := statefulSetRollout(set); got.Phase != rolloutProgressing {
		t.Errorf("on its way: %+v", got)
	}
	set.Status.CurrentRevision = "b"
	if got := statefulSetRollout(set); got.Phase != rolloutComplete {
		t.Errorf("at its end: %+v", got)
	}
}

func TestConditionTones(t *testing.T) {
	tests := map[[3]string]string{
		{"Ready", "True", ""}: toneOK, {"Ready", "False", ""}: toneWarning, {"Ready", "Unknown", ""}: toneWarning,
		{"MemoryPressure", "False", ""}: toneOK, {"MemoryPressure", "True", ""}: toneError, {"ReplicaFailure", "True", ""}: toneError,
		{"Progressing", "False", "ProgressDeadlineExceeded"}: toneError, {"Complete", "True", ""}: toneOK, {"Failed", "True", ""}: toneError,
		{"Suspended", "True", ""}: toneNeutral, {"Ready", "False", "PodCompleted"}: toneNeutral, {"ScalingLimited", "True", ""}: toneWarning,
	}
	for c, want := range tests {
		if got := conditionTone(ObjectCondition{Type: c[0], Status: c[1], Reason: c[2]}); got != want {
			t.Errorf("%v is %s, want %s", c, got, want)
		}
	}
}

func TestRedactedPairHidesValuesAndShowsChange(t *testing.T) {
	secret := func(password string) *unstructured.Unstructured {
		return &unstructured.Unstructured{Object: map[string]any{
			"apiVersion": "v1", "kind": "Secret",
			"metadata": map[string]any{"name": "a", "annotations": map[string]any{lastApplied: `{"data":{"password":"b25l"}}`}},
			"data":     map[string]any{"password": password, "user": "cm9vdA=="},
		}}
	}
	before, after, err := pairYAML(secret("b25l"), secret("dHdv"))
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{before, after} {
		if strings.Contains(text, "b25l") || strings.Contains(text, "dHdv") || strings.Contains(text, "cm9vdA") {
			t.Errorf("a value is shown: %s", text)
		}
	}
	if !strings.Contains(after, "password: (hidden, changed)") || !strings.Contains(after, "user: (hidden)\n") {
		t.Errorf("the change is not marked: %s", after)
	}
}

func TestMergeEdit(t *testing.T) {
	object := func(replicas int64, image string) *unstructured.Unstructured {
		return &unstructured.Unstructured{Object: map[string]any{
			"apiVersion": "v1", "kind": "X", "metadata": map[string]any{"name": "a", "resourceVersion": "7"},
			"spec": map[string]any{"replicas": replicas, "image": image}, "status": map[string]any{"n": replicas},
		}}
	}
	base := withoutBookkeeping(object(1, "one"))
	merged, err := mergeEdit(base, object(1, "two"), object(5, "one"))
	if err != nil || merged == nil {
		t.Fatalf("different fields: %v, %v", merged, err)
	}
	if spec := merged.Object["spec"].(map[string]any); spec["image"] != "two" || spec["replicas"] != int64(5) {
		t.Errorf("got %v", spec)
	}
	if merged, err := mergeEdit(base, object(2, "one"), object(5, "one")); err != nil || merged != nil {
		t.Errorf("the same field: %v, %v", merged, err)
	}
	if merged, err := mergeEdit(nil, object(2, "one"), object(5, "one")); err != nil || merged != nil {
		t.Errorf("without a base: %v, %v", merged, err)
	}
}

func TestMergeEditOfSecretTrustsNoHiddenValue(t *testing.T) {
	secret := func(label, password any) *unstructured.Unstructured {
		return &unstructured.Unstructured{Object: map[string]any{
			"apiVersion": "v1", "kind": "Secret", "metadata": map[string]any{"name": "a", "labels": map[string]any{"l": label}},
			"data": map[string]any{"password": password},
		}}
	}
	base := withoutBookkeeping(secret("1", nil))
	merged, err := mergeEdit(base, secret("2", nil), secret("1", "b25l"))
	if err != nil || merged == nil {
		t.Fatalf("a label: %v, %v", merged, err)
	}
	if data := merged.Object["data"].(map[string]any); data["password"] != "b25l" || merged.GetLabels()["l"] != "2" {
		t.Errorf("got %v", merged.Object)
	}
	if merged, err := mergeEdit(base, secret("1", "dHdv"), secret("1", "b25l")); err != nil || merged != nil {
		t.Errorf("a value: %v, %v", merged, err)
	}
}

func TestKeepHidden(t *testing.T) {
	present := &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "v1", "kind": "Secret", "metadata": map[string]any{"annotations": map[string]any{lastApplied: "{}"}},
		"data": map[string]any{"a": "MQ==", "b": "Mg=="},
	}}
	edited := &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "v1", "kind": "Secret", "data": map[string]any{"a": nil, "c": nil},
	}}
	keepHidden(edited, present)
	data := edited.Object["data"].(map[string]any)
	if data["a"] != "MQ==" || data["c"] != nil || edited.GetAnnotations()[lastApplied] != "{}" {
		t.Errorf("got %v", edited.Object)
	}
	if _, back := data["b"]; back || nullSecretKey(edited) != "c" {
		t.Errorf("a removed key came back, or a new one without a value was not found: %v", data)
	}
}

func TestSearchScore(t *testing.T) {
	order := []fleet.Row{
		{Name: "teller"},
		{Name: "teller-7d4b9"},
		{Name: "bank-teller"},
		{Name: "storyteller"},
		{Name: "x", Namespace: "teller-test"},
		{Name: "y"},
	}
	last := 1 << 30
	for _, row := range order {
		score, _ := searchScore(row, "teller")
		if score >= last {
			t.Errorf("%s/%s scores %d, not less than the one before (%d)", row.Namespace, row.Name, score, last)
		}
		last = score
	}
}

func TestBundleSchemaFollowsReferences(t *testing.T) {
	ref := func(name string) map[string]any { return map[string]any{"$ref": schemaRefPrefix + name} }
	schemas := map[string]any{
		"A":    map[string]any{"properties": map[string]any{"b": map[string]any{"allOf": []any{ref("B")}}, "a": ref("A")}},
		"B":    map[string]any{"items": ref("C")},
		"C":    map[string]any{"type": "string"},
		"Else": map[string]any{"type": "string"},
	}
	out := bundleSchema(schemas, "A")
	defs := out["$defs"].(map[string]any)
	if defs["B"] == nil || defs["C"] == nil || defs["Else"] != nil {
		t.Errorf("definitions: %v", defs)
	}
	if got := out["properties"].(map[string]any)["a"].(map[string]any)["$ref"]; got != "#" && defs["A"] == nil {
		t.Errorf("a reference to the root leads nowhere: %v", got)
	}
}
