package resources

import (
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"kubemate.io/kubemate/internal/testkit"
)

// testOddInput is what people and programs send by mistake or on purpose: each is answered with
// what is wrong, in no time, and by nobody else than it was meant for.
func testOddInput(w *world) {
	w.namespace("odd")
	for _, name := range []string{"a", "a.b-c.d"} {
		_, err := w.admin.CoreV1().ConfigMaps("odd").Create(w.t.Context(), &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: name}}, metav1.CreateOptions{})
		w.ok(err)
	}
	testkit.Eventually(w.t, "the cache knows them", func() bool {
		return strings.Contains(string(w.call("alice", "GET", "/clusters/local/resources/configmaps?namespace=odd", nil).body), "a.b-c.d")
	})
	const base = "/api/v1/clusters/local"
	list := base + "/resources/configmaps?namespace=odd"
	var table []testkit.Scenario
	for name, path := range map[string]string{"detail": "", "yaml": "/yaml", "events": "/events", "owners": "/owners", "related": "/related", "why": "/why", "logs": "/logs"} {
		kind := "configmaps"
		if name == "logs" {
			kind = "pods"
		}
		table = append(table,
			testkit.Scenario{Name: name + " of dots, encoded twice", Method: "GET", Path: base + "/resources/" + kind + "/objects/odd/%252e%252e" + path, As: "alice", Status: 400, Want: []string{"cannot be the name of an object"}},
			testkit.Scenario{Name: name + " of a slash, encoded twice", Method: "GET", Path: base + "/resources/" + kind + "/objects/odd%252f..%252fshop/a" + path, As: "alice", Status: 400, Want: []string{"cannot be the namespace of an object"}},
			testkit.Scenario{Name: name + " of a slash", Method: "GET", Path: base + "/resources/" + kind + "/objects/odd/..%2fa" + path, As: "alice", Status: 400, Want: []string{"not in its plain form"}},
		)
	}
	long := strings.Repeat("x", 254)
	table = append(table, []testkit.Scenario{
		{Name: "a name with dots", Method: "GET", Path: base + "/resources/configmaps/objects/odd/a.b-c.d", As: "alice", Status: 200, Want: []string{`"name":"a.b-c.d"`}},
		{Name: "a name of another script", Method: "GET", Path: base + "/resources/configmaps/objects/odd/%E5%90%8D", As: "alice", Status: 404, Want: []string{"名"}},
		{Name: "a name with a line break", Method: "GET", Path: base + "/resources/configmaps/objects/odd/a%0Ab", As: "alice", Status: 404},
		{Name: "a name that is too long", Method: "GET", Path: base + "/resources/configmaps/objects/odd/" + long, As: "alice", Status: 422, Want: []string{"path.name"}},
		{Name: "a kind with a path in it", Method: "GET", Path: base + "/resources/configmaps%252fa", As: "alice", Status: 404},
		{Name: "dry-run delete of dots", Method: "DELETE", Path: base + "/resources/configmaps/objects/odd/%252e%252e?dryRun=true", As: "alice", Status: 400},
		{
			Name: "bulk with paths for names", Method: "POST", Path: base + "/bulk", As: "alice", Status: 200, Want: []string{`"failed":3`, "cannot be the name", "cannot be the namespace"},
			Body: `{"action":"delete","objects":[{"resource":"configmaps","namespace":"odd","name":"../../shop/configmaps/a"},{"resource":"configmaps","namespace":"..","name":"a"},{"resource":"configmaps","namespace":"odd","name":"."}]}`,
		},

		{Name: "a pathological regular expression is a text", Method: "GET", Path: list + "&q=%28a%2B%29%2B%24", As: "alice", Status: 200, Want: []string{`"total":0`}},
		{Name: "a regular expression that would match all", Method: "GET", Path: list + "&q=.*", As: "alice", Status: 200, Want: []string{`"total":0`}},
		{Name: "a search for one", Method: "GET", Path: "/api/v1/search?q=%28%28a%2A%29%2A%29%2A%24", As: "alice", Status: 200, Want: []string{`"results":[]`}},
		{Name: "a text that is too long", Method: "GET", Path: list + "&q=" + strings.Repeat("a", 300), As: "alice", Status: 422},
		{Name: "a selector with an error", Method: "GET", Path: list + "&labels=a+in+%28b", As: "alice", Status: 400, Want: []string{"label selector", "for instance"}},
		{Name: "a selector with an odd key", Method: "GET", Path: list + "&labels=-a%3Db", As: "alice", Status: 400, Want: []string{"label selector"}},
		{Name: "a selector that matches nothing", Method: "GET", Path: list + "&labels=a%3Db", As: "alice", Status: 200, Want: []string{`"total":0`}},
		{Name: "an unknown column", Method: "GET", Path: list + "&sort=wombat", As: "alice", Status: 400, Want: []string{`no column \"wombat\"`, "use one of"}},
		{Name: "a filter with a wrong number", Method: "GET", Path: list + "&filter=data%3Emany", As: "alice", Status: 400, Want: []string{"that is no number", "for instance 5"}},
		{Name: "too many filters", Method: "GET", Path: list + strings.Repeat("&filter=name%3Da", 40), As: "alice", Status: 422},
		{Name: "a page before the beginning", Method: "GET", Path: list + "&offset=-1", As: "alice", Status: 422},
		{Name: "a page far past the end", Method: "GET", Path: list + "&offset=9000000000000000000", As: "alice", Status: 200, Want: []string{`"rows":[]`}},
		{Name: "an offset that is no number", Method: "GET", Path: list + "&offset=99999999999999999999", As: "alice", Status: 422, Want: []string{"offset"}},
		{Name: "a page that is too large", Method: "GET", Path: list + "&limit=501", As: "alice", Status: 422},
		{Name: "an unknown parameter changes nothing", Method: "GET", Path: list + "&wombat=1", As: "alice", Status: 200, Want: []string{"a.b-c.d"}},
		{Name: "an unknown member of a body", Method: "POST", Path: base + "/objects", As: "alice", Body: `{"yaml":"a: b","wombat":1}`, Status: 422, Want: []string{"wombat"}},
		{Name: "a body that ends early", Method: "POST", Path: base + "/objects", As: "alice", Body: `{"yaml":"a: b`, Status: 400},
		{Name: "no body", Method: "POST", Path: base + "/objects", As: "alice", Status: 400},
	}...)
	began := time.Now()
	w.Run(w.t, table)
	if took := time.Since(began); took > 30*time.Second {
		w.t.Errorf("the answers took %s", took)
	}
	if _, err := w.admin.CoreV1().ConfigMaps("odd").Get(w.t.Context(), "a", metav1.GetOptions{}); err != nil {
		w.t.Errorf("something was deleted by a trick: %v", err)
	}
}

// A search text longer than what the border lets through is refused by the parts behind it, too.
func TestFilterTextIsBounded(t *testing.T) {
	if _, err := parseFilter(strings.Repeat("=", 10000)); err == nil {
		t.Error("a filter without a column passes")
	}
}
