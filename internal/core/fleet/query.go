package fleet

// ColumnType says how the cells of a column are encoded, sorted and shown.
type ColumnType string

// The column types with the JSON form of their cells (null = no value).
const (
	TypeText     ColumnType = "text"     // string, sorted as text
	TypeNumber   ColumnType = "number"   // number
	TypeTime     ColumnType = "time"     // Unix seconds; shown as age
	TypeCPU      ColumnType = "cpu"      // number of millicores
	TypeBytes    ColumnType = "bytes"    // number of bytes
	TypeStatus   ColumnType = "status"   // [tone, text]; tone: ok, progress, warning, error, neutral
	TypeList     ColumnType = "list"     // array of strings
	TypeLabels   ColumnType = "labels"   // object of strings
	TypeFraction ColumnType = "fraction" // [number, of]; sorted by number/of; "2/3"
)

// Column describes one column of a kind's table.
type Column struct {
	ID         string     `json:"id"`
	Type       ColumnType `json:"type"`
	Title      string     `json:"title" doc:"English title; the console translates known ids"`
	Sortable   bool       `json:"sortable"`
	Filterable bool       `json:"filterable" doc:"May be named in a filter; low-cardinality ones have facets"`
	Facet      bool       `json:"facet" doc:"Counts per value come with a page"`
	Wide       bool       `json:"wide" doc:"Shown only when asked for"`
}

// Query asks for one page of one kind in one cluster. The zero Limit means 100; at most 500.
type Query struct {
	Cluster    string   `json:"cluster"`
	Resource   string   `json:"resource"`
	Namespaces []string `json:"namespaces,omitempty"` // empty = every visible one
	Text       string   `json:"q,omitempty"`          // substring of name, namespace or status; case-insensitive
	Labels     string   `json:"labels,omitempty"`     // label selector
	Filters    []Filter `json:"filters,omitempty"`    // all must hold
	Owner      string   `json:"owner,omitempty"`      // uid of a controller owner, for "the pods of this"
	Sort       string   `json:"sort,omitempty"`       // column id; default "name"; ties broken by namespace, name
	Desc       bool     `json:"desc,omitempty"`
	Offset     int      `json:"offset,omitempty"`
	Limit      int      `json:"limit,omitempty"`
	Columns    []string `json:"columns,omitempty"` // column ids; default: the kind's not-wide ones
}

// Filter is one condition on a column: "status=Running", "restarts>5", "node=kubemate-1".
type Filter struct {
	Column string   `json:"column"`
	Op     string   `json:"op" enum:"=,!=,>,>=,<,<="`
	Values []string `json:"values" doc:"Any of these (= and !=); one for the comparisons"`
}

// Row is one object of a page.
type Row struct {
	UID       string `json:"uid"`
	Namespace string `json:"namespace,omitempty"`
	Name      string `json:"name"`
	Cells     []any  `json:"cells"` // in the order of Page.Columns
}

// Page is the answer to a Query.
type Page struct {
	Cluster  string                    `json:"cluster"`
	Resource string                    `json:"resource"`
	Epoch    string                    `json:"epoch" doc:"Changes when the cache was rebuilt; then sequence numbers start anew"`
	Seq      uint64                    `json:"seq" doc:"Sequence number of the kind's cache that this page shows"`
	Total    int                       `json:"total" doc:"Objects that match, under the caller's rights"`
	Offset   int                       `json:"offset"`
	Columns  []Column                  `json:"columns"`
	Rows     []Row                     `json:"rows"`
	Facets   map[string]map[string]int `json:"facets" doc:"Column → value → count among the matches, the column's own filter left out"`
	State    State                     `json:"state"`
}

// State says how fresh a page is.
type State struct {
	Phase string `json:"phase" enum:"loading,live,stale" doc:"loading: first list not complete; stale: contact lost"`
	Since int64  `json:"since" doc:"Unix seconds when the phase began"`
	Cause string `json:"cause,omitempty" doc:"Why it is not live"`
}
