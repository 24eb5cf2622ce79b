package app

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"

	"kubemate.io/kubemate/internal/testkit"
)

// tenant is a namespace with something of many kinds in it, and words that must not be seen by others.
type tenant struct {
	t     *testing.T
	admin kubernetes.Interface
	ns    string
}

func newTenant(t *testing.T, admin kubernetes.Interface, name string) *tenant {
	t.Helper()
	ns, err := admin.CoreV1().Namespaces().Create(context.Background(), &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{GenerateName: name + "-"}}, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	account := &corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Name: "default"}}
	if _, err := admin.CoreV1().ServiceAccounts(ns.Name).Create(context.Background(), account, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	return &tenant{t, admin, ns.Name}
}

// fill makes objects whose names begin with word: pods that are in trouble, what they use, events.
func (n *tenant) fill(word string) {
	n.t.Helper()
	ctx, meta := context.Background(), metav1.ObjectMeta{Name: word, Labels: map[string]string{"word": word}}
	pod := &corev1.Pod{ObjectMeta: meta, Spec: corev1.PodSpec{
		NodeName: "shared-node", Containers: []corev1.Container{{Name: "main", Image: word + ".example/app"}},
		Volumes: []corev1.Volume{{Name: "v", VolumeSource: corev1.VolumeSource{ConfigMap: &corev1.ConfigMapVolumeSource{LocalObjectReference: corev1.LocalObjectReference{Name: word}}}}},
	}}
	made, err := n.admin.CoreV1().Pods(n.ns).Create(ctx, pod, metav1.CreateOptions{})
	n.ok(err)
	made.Status.Phase = corev1.PodPending
	made.Status.ContainerStatuses = []corev1.ContainerStatus{{Name: "main", RestartCount: 7, State: corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: "CrashLoopBackOff", Message: word}}}}
	_, err = n.admin.CoreV1().Pods(n.ns).UpdateStatus(ctx, made, metav1.UpdateOptions{})
	n.ok(err)
	_, err = n.admin.CoreV1().ConfigMaps(n.ns).Create(ctx, &corev1.ConfigMap{ObjectMeta: meta}, metav1.CreateOptions{})
	n.ok(err)
	_, err = n.admin.CoreV1().Secrets(n.ns).Create(ctx, &corev1.Secret{ObjectMeta: meta}, metav1.CreateOptions{})
	n.ok(err)
	_, err = n.admin.CoreV1().Services(n.ns).Create(ctx, &corev1.Service{ObjectMeta: meta, Spec: corev1.ServiceSpec{
		ClusterIP: corev1.ClusterIPNone, Selector: map[string]string{"word": word}, Ports: []corev1.ServicePort{{Port: 80}},
	}}, metav1.CreateOptions{})
	n.ok(err)
	_, err = n.admin.CoreV1().Events(n.ns).Create(ctx, &corev1.Event{
		ObjectMeta: metav1.ObjectMeta{Name: word}, Type: corev1.EventTypeWarning, Reason: "BackOff", Message: word, LastTimestamp: metav1.Now(),
		InvolvedObject: corev1.ObjectReference{Kind: "Pod", Name: word, Namespace: n.ns, UID: made.UID},
	}, metav1.CreateOptions{})
	n.ok(err)
}

func (n *tenant) ok(err error) {
	n.t.Helper()
	if err != nil {
		n.t.Fatal(err)
	}
}

// empty deletes the objects of a word.
func (n *tenant) empty(word string) {
	n.t.Helper()
	ctx, now := context.Background(), metav1.DeleteOptions{GracePeriodSeconds: new(int64)}
	n.ok(n.admin.CoreV1().Pods(n.ns).Delete(ctx, word, now))
	n.ok(n.admin.CoreV1().ConfigMaps(n.ns).Delete(ctx, word, now))
	n.ok(n.admin.CoreV1().Services(n.ns).Delete(ctx, word, now))
}

// TestNamespacesDoNotInterfere: whatever happens in one namespace, whoever has rights in another
// only gets the same answers to everything that he can ask, to the byte.
func TestNamespacesDoNotInterfere(t *testing.T) {
	r := startServer(t, t.TempDir())
	admin, err := kubernetes.NewForConfig(testkit.APIServer(t).Admin)
	if err != nil {
		t.Fatal(err)
	}
	mine, theirs := newTenant(t, admin, "mine"), newTenant(t, admin, "theirs")
	mine.fill("own")
	theirs.fill("hidden")
	_, err = admin.RbacV1().RoleBindings(mine.ns).Create(context.Background(), &rbacv1.RoleBinding{
		ObjectMeta: metav1.ObjectMeta{Name: "tenants"},
		RoleRef:    rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: "kubemate:developer"},
		Subjects:   []rbacv1.Subject{{APIGroup: rbacv1.GroupName, Kind: "Group", Name: "kubemate:" + mine.ns}},
	}, metav1.CreateOptions{})
	mine.ok(err)
	tina := r.signIn("tina-"+mine.ns, mine.ns)
	questions := questionsOf(mine.ns, theirs.ns)
	testkit.Eventually(t, "everything of one's own is known", func() bool {
		for _, kind := range []string{"pods", "configmaps", "secrets", "services", "events"} {
			_, answer := r.call(http.DefaultClient, "GET", "/api/v1/clusters/local/resources/"+kind, tina, "")
			if !strings.Contains(string(answer), `"name":"own"`) || !strings.Contains(string(answer), `"phase":"live"`) {
				return false
			}
		}
		return true
	})

	before := r.ask(tina, questions)
	for i := range 5 {
		theirs.fill(fmt.Sprint("hidden-", i))
	}
	for i := range 3 {
		theirs.empty(fmt.Sprint("hidden-", i))
	}
	_, err = admin.CoreV1().Namespaces().Create(context.Background(), &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{GenerateName: "hidden-"}}, metav1.CreateOptions{})
	mine.ok(err)
	testkit.Eventually(t, "the changes are known to who may see them", func() bool {
		_, answer := r.call(r.socket, "GET", "/api/v1/clusters/local/resources/pods?namespace="+theirs.ns, "", "")
		return strings.Contains(string(answer), `"name":"hidden-4"`) && !strings.Contains(string(answer), `"name":"hidden-2"`)
	})
	after := r.ask(tina, questions)
	sameAsMissing(t, after, theirs.ns)
	for q, was := range before {
		if after[q] != was {
			t.Errorf("%s\nbefore %s\nafter  %s", q, was, after[q])
		}
		if strings.Contains(was, "hidden") && !strings.Contains(q, "hidden") {
			t.Errorf("%s tells of the others: %s", q, was)
		}
	}
}

// sameAsMissing compares what is told of objects that are there, and may not be seen, with what
// is told of objects that are not there.
func sameAsMissing(t *testing.T, answers map[string]string, theirs string) {
	t.Helper()
	for q, there := range answers {
		if !strings.Contains(q, theirs+"/hidden") || strings.Contains(q, "hidden-4") {
			continue
		}
		missing, asked := answers[strings.ReplaceAll(q, "hidden", "missing")]
		if !asked {
			t.Fatalf("nobody asked for the missing one beside %s", q)
		}
		if there = strings.ReplaceAll(there, "hidden", "missing"); there != missing {
			t.Errorf("%s\nthere   %s\nmissing %s", q, there, missing)
		}
	}
}

// question is a request: "METHOD PATH" and a body.
type question struct{ line, body string }

// questionsOf is everything that a tenant may try: lists, counts, facets, order, search, what is
// around an object, why, events, relations, and the same about objects of others, there or not.
func questionsOf(mine, theirs string) (out []question) {
	get := func(paths ...string) {
		for _, p := range paths {
			out = append(out, question{line: "GET /api/v1" + p})
		}
	}
	const c = "/clusters/local"
	get("/clusters", c, c+"/overview", c+"/overview?namespace="+mine, c+"/overview?namespace="+theirs, c+"/namespaces", c+"/kinds",
		"/search?q=own", "/search?q=hidden", "/search?q=hidden-4", "/search?q=crashloop", "/search?q=pods+hidden", "/search?q="+theirs, "/jobs", "/users", "/groups", "/auth/session")
	for _, kind := range []string{"pods", "configmaps", "secrets", "services", "events", "namespaces", "nodes", "persistentvolumes", "serviceaccounts", "endpointslices.discovery.k8s.io", "rolebindings.rbac.authorization.k8s.io", "replicasets.apps", "leases.coordination.k8s.io"} {
		list := c + "/resources/" + kind
		get(list, list+"?desc=true&sort=age", list+"?q=hidden", list+"?namespace="+theirs, list+"?namespace="+mine+"&namespace="+theirs, list+"?offset=1", list+"?offset=100000",
			list+"?filter=name%3Dhidden", list+"?filter=namespace%3D"+theirs, list+"?labels=word%3Dhidden", list+"?sort=pods", list+"?sort=nothing", list+"?columns=name,labels")
	}
	for _, o := range []string{mine + "/own", theirs + "/hidden", theirs + "/hidden-4", theirs + "/missing", "missing/own"} {
		ns, name, _ := strings.Cut(o, "/")
		for _, kind := range []string{"pods", "configmaps", "secrets", "services"} {
			one := c + "/resources/" + kind + "/objects/" + ns + "/" + name
			get(one, one+"/yaml", one+"/events", one+"/owners", one+"/related", one+"/why", one+"/rollout", one+"/logs")
			out = append(out,
				question{"PATCH /api/v1" + one, `{"patch":{},"dryRun":true}`},
				question{"DELETE /api/v1" + one + "?dryRun=true", ""},
			)
		}
	}
	for _, o := range []string{"namespaces/objects/_/" + theirs, "namespaces/objects/_/missing", "nodes/objects/_/shared-node"} {
		get(c+"/resources/"+o, c+"/resources/"+o+"/related", c+"/resources/"+o+"/why")
	}
	return append(out,
		question{"POST /api/v1" + c + "/can", `{"questions":[{"verb":"get","resource":"pods","namespace":"` + theirs + `","name":"hidden"},{"verb":"list","resource":"namespaces"}]}`},
		question{"POST /api/v1" + c + "/bulk", `{"action":"delete","params":{"dryRun":true},"objects":[{"resource":"pods","namespace":"` + theirs + `","name":"hidden"},{"resource":"pods","namespace":"` + theirs + `","name":"missing"}]}`},
		question{"POST /api/v1" + c + "/objects", `{"dryRun":true,"yaml":"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: hidden, namespace: ` + theirs + `}\n"}`},
	)
}

// changing is what differs between two equal answers: time, and the names of requests.
var changing = regexp.MustCompile(`"(requestId|lastContact|lastSeen|roundTrip|certificateExpiry|since|first|last|time)":("[^"]*"|-?[0-9]+)|answers in [0-9]+ ms`)

// ask gives the answers of a user without what changes by itself.
func (r *running) ask(token string, questions []question) map[string]string {
	r.t.Helper()
	out := map[string]string{}
	for _, q := range questions {
		method, path, _ := strings.Cut(q.line, " ")
		status, answer := 0, []byte(nil)
		testkit.Eventually(r.t, q.line, func() bool { // more questions than a session may ask at once
			status, answer = r.call(http.DefaultClient, method, path, token, q.body)
			return status != http.StatusTooManyRequests
		})
		out[q.line+" "+q.body] = fmt.Sprint(status, " ", changing.ReplaceAllString(sorted(answer), `"$1":0`))
	}
	return out
}

// sorted writes JSON with its members in order: facets stand in the order of their counts.
func sorted(body []byte) string {
	var v any
	if json.Unmarshal(body, &v) != nil {
		return string(body)
	}
	text, err := json.Marshal(v)
	if err != nil {
		return string(body)
	}
	return string(text)
}
