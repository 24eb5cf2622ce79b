package resources

import (
	"fmt"
	"net/http"
	"strings"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"kubemate.io/kubemate/internal/core/jobs"
	"kubemate.io/kubemate/internal/testkit"
)

func testRollout(w *world) {
	w.namespace("rollout")
	path := object("deployments.apps", "rollout", "teller")
	for i := 1; i <= 3; i++ {
		get[ApplyResults](w, "POST", "/clusters/local/objects", ApplyRequest{
			Namespace: "rollout", YAML: strings.Replace(teller, "teller:1", fmt.Sprintf("teller:%d", i), 1),
		})
		w.awaitRevision(path, int64(i))
	}
	out := get[Rollout](w, "GET", path+"/rollout", nil)
	if len(out.Revisions) != 3 || !out.Revisions[0].Current || out.Revisions[2].Images[0] != "registry.example/teller:1" ||
		out.Status.Phase != rolloutProgressing || strings.Contains(out.Revisions[0].Template, "pod-template-hash") {
		w.t.Fatalf("history: %+v", out)
	}
	dry := get[UndoResult](w, "POST", path+"/rollout/undo", UndoRequest{DryRun: true})
	if dry.Revision != 2 || !dry.Changed || !strings.Contains(dry.After, "teller:2") {
		w.t.Fatalf("dry run: %+v", dry)
	}
	undone := get[UndoResult](w, "POST", path+"/rollout/undo", UndoRequest{ToRevision: 1})
	if undone.Revision != 1 || !strings.Contains(undone.Before, "teller:3") || !strings.Contains(undone.After, "teller:1") {
		w.t.Fatalf("undo: %+v", undone)
	}
	w.awaitRevision(path, 4)
	w.refused(http.StatusNotFound, "POST", path+"/rollout/undo", UndoRequest{ToRevision: 99})

	if a := get[ActionResult](w, "POST", path+"/pause", nil); !a.Changed {
		w.t.Fatalf("pause: %+v", a)
	}
	if a := get[ActionResult](w, "POST", path+"/pause", nil); a.Changed {
		w.t.Fatalf("pause again: %+v", a)
	}
	w.refused(http.StatusUnprocessableEntity, "POST", path+"/restart", nil)
	w.refused(http.StatusUnprocessableEntity, "POST", path+"/rollout/undo", UndoRequest{})
	if s := get[Rollout](w, "GET", path+"/rollout", nil).Status; s.Phase != rolloutPaused {
		w.t.Fatalf("status: %+v", s)
	}
	get[ActionResult](w, "POST", path+"/resume", nil)
	get[ActionResult](w, "POST", path+"/restart", nil)
	w.awaitRevision(path, 5)
	if s := get[ScaleResult](w, "POST", path+"/scale", ScaleRequest{Replicas: 4}); s.Before != 2 || s.Replicas != 4 {
		w.t.Fatalf("scale: %+v", s)
	}
	w.setHistory()
}

func (w *world) awaitRevision(path string, number int64) {
	w.t.Helper()
	testkit.Eventually(w.t, fmt.Sprintf("revision %d of %s", number, path), func() bool {
		for _, r := range get[Rollout](w, "GET", path+"/rollout", nil).Revisions {
			if r.Revision == number && r.Current {
				return true
			}
		}
		return false
	})
}

// setHistory: stateful sets and daemon sets keep theirs in ControllerRevisions.
func (w *world) setHistory() {
	for resourceName, kind := range map[string]string{"statefulsets.apps": "StatefulSet", "daemonsets.apps": "DaemonSet"} {
		text := strings.NewReplacer("kind: Deployment", "kind: "+kind).Replace(teller)
		if kind == "DaemonSet" {
			text = strings.Replace(text, "  replicas: 2\n", "", 1)
		}
		path := object(resourceName, "rollout", "teller")
		for i := 1; i <= 2; i++ {
			get[ApplyResults](w, "POST", "/clusters/local/objects", ApplyRequest{Namespace: "rollout", YAML: strings.Replace(text, "teller:1", fmt.Sprintf("teller:%d", i), 1)})
			w.awaitRevision(path, int64(i))
		}
		undone := get[UndoResult](w, "POST", path+"/rollout/undo", UndoRequest{})
		if undone.Revision != 1 || !strings.Contains(undone.After, "teller:1") {
			w.t.Fatalf("undo of a %s: %+v", kind, undone)
		}
		w.awaitRevision(path, 3)
	}
}

func testCron(w *world) {
	w.namespace("cron")
	_, err := w.admin.BatchV1().CronJobs("cron").Create(w.t.Context(), &batchv1.CronJob{
		ObjectMeta: metav1.ObjectMeta{Name: "settle-the-accounts-of-the-whole-bank-each-hour"},
		Spec: batchv1.CronJobSpec{Schedule: "0 3 1 1 *", JobTemplate: batchv1.JobTemplateSpec{Spec: batchv1.JobSpec{
			Template: corev1.PodTemplateSpec{Spec: corev1.PodSpec{RestartPolicy: "Never", Containers: []corev1.Container{{Name: "a", Image: "x"}}}},
		}}},
	}, metav1.CreateOptions{})
	w.ok(err)
	path := object("cronjobs.batch", "cron", "settle-the-accounts-of-the-whole-bank-each-hour")
	out := get[ActionResult](w, "POST", path+"/trigger", nil)
	if out.Created == nil || len(out.Created.Name) > 63 {
		w.t.Fatalf("trigger: %+v", out)
	}
	job, err := w.admin.BatchV1().Jobs("cron").Get(w.t.Context(), out.Created.Name, metav1.GetOptions{})
	w.ok(err)
	if metav1.GetControllerOf(job) == nil || job.Annotations[manualAnnotation] != "manual" {
		w.t.Fatalf("the job is not the cron job's: %+v", job.ObjectMeta)
	}
	testkit.Eventually(w.t, "the tree of owners", func() bool {
		return strings.Contains(string(w.call("alice", "GET", path+"/owners", nil).body), out.Created.Name)
	})
	get[ActionResult](w, "POST", path+"/pause", nil)
	if cron, err := w.admin.BatchV1().CronJobs("cron").Get(w.t.Context(), out.Ref.Name, metav1.GetOptions{}); err != nil || !*cron.Spec.Suspend {
		w.t.Fatalf("not suspended: %v", err)
	}
}

func testQuota(w *world) {
	w.namespace("quota")
	_, err := w.admin.CoreV1().ResourceQuotas("quota").Create(w.t.Context(), &corev1.ResourceQuota{
		ObjectMeta: metav1.ObjectMeta{Name: "team"},
		Spec:       corev1.ResourceQuotaSpec{Hard: corev1.ResourceList{"pods": resource.MustParse("1"), "configmaps": resource.MustParse("2")}},
	}, metav1.CreateOptions{})
	w.ok(err)
	testkit.Eventually(w.t, "the quota is counted", func() bool {
		q, err := w.admin.CoreV1().ResourceQuotas("quota").Get(w.t.Context(), "team", metav1.GetOptions{})
		return err == nil && len(q.Status.Hard) == 2
	})
	refused := get[ApplyResults](w, "POST", "/clusters/local/objects", ApplyRequest{Namespace: "quota", Mode: modeCreate, YAML: "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: b}\n"})
	if refused.Failed == 0 || !strings.Contains(refused.Results[1].Problem.Detail, "exceeded quota: team") {
		w.t.Fatalf("over the quota: %+v", refused.Results)
	}
	get[ApplyResults](w, "POST", "/clusters/local/objects", ApplyRequest{Namespace: "quota", YAML: teller})
	testkit.Eventually(w.t, "why names the quota", func() bool {
		a := w.call("alice", "GET", object("deployments.apps", "quota", "teller")+"/why", nil)
		return a.status == 200 && strings.Contains(string(a.body), `"code":"quota"`)
	})
}

// testDrain drains a node that only exists as an object: evicted pods go at once, with no grace.
func testDrain(w *world) {
	w.namespace("drain")
	ctx := w.t.Context()
	_, err := w.admin.CoreV1().Nodes().Create(ctx, &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: "n1"}}, metav1.CreateOptions{})
	w.ok(err)
	path, zero := object("nodes", "_", "n1"), int64(0)
	w.pod("bare", nil)
	w.pod("cache", func(p *corev1.Pod) {
		p.Spec.Volumes = []corev1.Volume{{Name: "tmp", VolumeSource: corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{}}}}
	})
	w.pod("static", func(p *corev1.Pod) { p.Annotations = map[string]string{corev1.MirrorPodAnnotationKey: "x"} })

	refused := w.drained(path, DrainRequest{GracePeriodSeconds: &zero}, jobs.Failed)
	if !strings.Contains(refused.Message, "no controller") || !strings.Contains(refused.Message, "force") {
		w.t.Fatalf("obstacles: %+v", refused)
	}
	if n, _ := w.admin.CoreV1().Nodes().Get(ctx, "n1", metav1.GetOptions{}); n.Spec.Unschedulable {
		w.t.Fatal("a refused drain cordoned the node")
	}
	w.pod("guarded", func(p *corev1.Pod) { p.Labels = map[string]string{"app": "guarded"} })
	w.budget()
	all := DrainRequest{Force: true, DeleteEmptyDirData: true, IgnoreDaemonSets: true, GracePeriodSeconds: &zero}
	try := all
	try.DryRun = true
	if dry := w.drained(path, try, jobs.Succeeded); !strings.Contains(fmt.Sprint(dry.Items), "would be blocked by PodDisruptionBudget guard") {
		w.t.Fatalf("dry run: %+v", dry)
	}

	job := get[jobs.Job](w, "POST", path+"/drain", all)
	w.refused(http.StatusConflict, "POST", path+"/drain", all)
	testkit.Eventually(w.t, "the budget blocks", func() bool {
		j := get[jobs.Job](w, "GET", "/jobs/"+job.ID, nil)
		return j.Progress.Total == 4 && j.Progress.Done == 3 && strings.Contains(fmt.Sprint(j.Items), "blocked by PodDisruptionBudget guard: needs 1 healthy pods, has 0")
	})
	if a := w.call("nils", "GET", "/jobs/"+job.ID, nil); a.status != http.StatusNotFound {
		w.t.Fatalf("somebody without rights sees the job: %d", a.status)
	}
	w.ok(w.admin.PolicyV1().PodDisruptionBudgets("drain").Delete(ctx, "guard", metav1.DeleteOptions{}))
	done := w.awaitJob(job.ID, jobs.Succeeded)
	if done.Progress.Done != 4 || !strings.Contains(done.Message, "empty and cordoned") {
		w.t.Fatalf("done: %+v", done)
	}
	get[ActionResult](w, "POST", path+"/uncordon", nil)
	if n, _ := w.admin.CoreV1().Nodes().Get(ctx, "n1", metav1.GetOptions{}); n.Spec.Unschedulable {
		w.t.Fatal("still cordoned")
	}
	w.cancelledDrain(path, all)
}

// cancelledDrain: a drain that a budget blocks can be stopped; the node stays cordoned.
func (w *world) cancelledDrain(path string, req DrainRequest) {
	w.pod("guarded", func(p *corev1.Pod) { p.Labels = map[string]string{"app": "guarded"} })
	w.budget()
	job := get[jobs.Job](w, "POST", path+"/drain", req)
	testkit.Eventually(w.t, "the budget blocks again", func() bool {
		return strings.Contains(get[jobs.Job](w, "GET", "/jobs/"+job.ID, nil).Message, "waiting for disruption budgets")
	})
	get[jobs.Job](w, "POST", "/jobs/"+job.ID+"/cancel", nil)
	if j := w.awaitJob(job.ID, jobs.Cancelled); j.Message != "cancelled; the node stays cordoned" {
		w.t.Fatalf("cancelled: %+v", j)
	}
	if list := get[JobList](w, "GET", "/jobs?cluster=local", nil); len(list.Jobs) != 4 {
		w.t.Fatalf("%d jobs are listed, want 4", len(list.Jobs))
	}
	w.resumedDrain(path, req)
}

// resumedDrain: a drain goes on when the process that ran it is gone.
func (w *world) resumedDrain(path string, req DrainRequest) {
	w.pod("second", func(p *corev1.Pod) { p.Labels = map[string]string{"app": "guarded"} })
	job := get[jobs.Job](w, "POST", path+"/drain", req)
	testkit.Eventually(w.t, "the budget blocks a third time", func() bool {
		return strings.Contains(get[jobs.Job](w, "GET", "/jobs/"+job.ID, nil).Message, "waiting for disruption budgets")
	})
	w.stopJobs()
	if j := get[jobs.Job](w, "GET", "/jobs/"+job.ID, nil); j.Phase != jobs.Running {
		w.t.Fatalf("after the process ended: %+v", j)
	}
	w.startJobs()
	w.ok(w.admin.PolicyV1().PodDisruptionBudgets("drain").Delete(w.t.Context(), "guard", metav1.DeleteOptions{}))
	done := w.awaitJob(job.ID, jobs.Succeeded)
	if len(done.Stages) != 3 || done.Progress.Done != done.Progress.Total {
		w.t.Fatalf("resumed: %+v", done)
	}
}

func (w *world) drained(path string, req DrainRequest, want jobs.Phase) jobs.Job {
	w.t.Helper()
	return w.awaitJob(get[jobs.Job](w, "POST", path+"/drain", req).ID, want)
}

func (w *world) awaitJob(id string, want jobs.Phase) jobs.Job {
	w.t.Helper()
	var j jobs.Job
	testkit.Eventually(w.t, "job is "+string(want), func() bool {
		j = get[jobs.Job](w, "GET", "/jobs/"+id, nil)
		if j.Phase.Finished() && j.Phase != want {
			w.t.Fatalf("the job is %s: %+v", j.Phase, j)
		}
		return j.Phase == want
	})
	return j
}

// pod makes a running pod on node n1.
func (w *world) pod(name string, change func(*corev1.Pod)) {
	w.t.Helper()
	p := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: name},
		Spec:       corev1.PodSpec{NodeName: "n1", Containers: []corev1.Container{{Name: "a", Image: "x"}}},
	}
	if change != nil {
		change(p)
	}
	made, err := w.admin.CoreV1().Pods("drain").Create(w.t.Context(), p, metav1.CreateOptions{})
	w.ok(err)
	made.Status.Phase = corev1.PodRunning
	_, err = w.admin.CoreV1().Pods("drain").UpdateStatus(w.t.Context(), made, metav1.UpdateOptions{})
	w.ok(err)
}

// budget guards the pods labelled app=guarded, none of which is ready.
func (w *world) budget() {
	w.t.Helper()
	min := intstr.FromInt32(1)
	always := policyv1.IfHealthyBudget
	_, err := w.admin.PolicyV1().PodDisruptionBudgets("drain").Create(w.t.Context(), &policyv1.PodDisruptionBudget{
		ObjectMeta: metav1.ObjectMeta{Name: "guard"},
		Spec: policyv1.PodDisruptionBudgetSpec{
			MinAvailable: &min, Selector: &metav1.LabelSelector{MatchLabels: map[string]string{"app": "guarded"}}, UnhealthyPodEvictionPolicy: &always,
		},
	}, metav1.CreateOptions{})
	w.ok(err)
	testkit.Eventually(w.t, "the budget is counted", func() bool {
		b, err := w.admin.PolicyV1().PodDisruptionBudgets("drain").Get(w.t.Context(), "guard", metav1.GetOptions{})
		return err == nil && b.Status.ExpectedPods == 1
	})
}

func testReading(w *world) {
	path := object("deployments.apps", "shop", "teller")
	testkit.Eventually(w.t, "the deployment's pods", func() bool {
		return strings.Count(string(w.call("alice", "GET", path+"/owners", nil).body), `"kind":"Pod"`) == 2
	})
	tree := get[OwnerNode](w, "GET", path+"/owners", nil)
	if !tree.Self || tree.Children[0].Kind != "ReplicaSet" || len(tree.Children[0].Children) != 2 {
		w.t.Fatalf("tree: %+v", tree)
	}
	pod := tree.Children[0].Children[0].Ref
	up := get[OwnerNode](w, "GET", object("pods", "shop", pod.Name)+"/owners", nil)
	if up.Ref.Name != "teller" || up.Self {
		w.t.Fatalf("from the pod: %+v", up)
	}
	get[ApplyResults](w, "POST", "/clusters/local/objects", ApplyRequest{Namespace: "shop", YAML: "apiVersion: v1\nkind: Service\nmetadata: {name: front}\nspec: {selector: {app: teller}, ports: [{port: 80}]}\n"})
	testkit.Eventually(w.t, "the service is related", func() bool {
		return strings.Contains(string(w.call("alice", "GET", path+"/related", nil).body), `"name":"front"`)
	})
	testkit.Eventually(w.t, "events of the deployment", func() bool {
		return strings.Contains(string(w.call("vera", "GET", path+"/events", nil).body), "ScalingReplicaSet")
	})
	if why := get[Why](w, "GET", path+"/why", nil); why.Tone == toneOK || len(why.Causes) == 0 {
		w.t.Fatalf("why: %+v", why)
	}
	// A viewer may not see nodes and secrets: the answer says so, and is no error.
	if a := w.call("vera", "GET", path+"/why", nil); a.status != 200 {
		w.t.Fatalf("why for a viewer: %d %s", a.status, a.body)
	}
	found := get[SearchResults](w, "GET", "/search?q=deploy%20teller&limit=5", nil)
	if len(found.Results) == 0 || found.Results[0].Kind != "Deployment" || found.Results[0].Ref.Name != "teller" {
		w.t.Fatalf("search: %+v", found)
	}
	schema := fmt.Sprint(get[map[string]any](w, "GET", "/clusters/local/schema/deployments.apps", nil))
	if !strings.Contains(schema, "PodTemplateSpec") || strings.Contains(schema, "#/components") {
		w.t.Fatalf("schema: %.300s", schema)
	}
}
