package live

import (
	"encoding/json"

	"kubemate.io/kubemate/internal/core/errs"
	"kubemate.io/kubemate/internal/core/fleet"
	"kubemate.io/kubemate/internal/core/kube"
)

// request is a message of the client.
type request struct {
	Op     string       `json:"op"` // sub, unsub or ping
	ID     string       `json:"id"`
	Query  *fleet.Query `json:"query"`
	Object *kube.Ref    `json:"object"`
	Job    string       `json:"job"`
	Epoch  string       `json:"epoch"` // with seq: the page that the client still has
	Seq    uint64       `json:"seq"`
}

// The reasons of a bye.
const (
	byeSignedOut = "signed-out"
	byeExpired   = "expired"
	byeShutdown  = "shutdown"
	byeSlow      = "slow"
	byeProtocol  = "protocol"
)

// parse reads a request. What cannot be understood at all is errs.Invalid.
func parse(raw []byte) (request, error) {
	var r request
	if err := json.Unmarshal(raw, &r); err != nil {
		return r, errs.New(errs.Invalid, "the message is not the expected JSON").Wrap(err)
	}
	switch r.Op {
	case "ping":
		return r, nil
	case "sub", "unsub":
	default:
		return r, errs.New(errs.Invalid, "the operation %.32q is unknown", r.Op).WithHint("use sub, unsub or ping")
	}
	if r.ID == "" || len(r.ID) > maxID {
		return r, errs.New(errs.Invalid, "the id of a subscription has 1 to %d bytes", maxID)
	}
	if r.Op == "unsub" {
		return r, nil
	}
	targets := 0
	for _, has := range []bool{r.Query != nil, r.Object != nil, r.Job != ""} {
		if has {
			targets++
		}
	}
	if targets != 1 {
		return r, errs.New(errs.Invalid, "the subscription %q must have one of query, object and job", r.ID)
	}
	return r, nil
}

// envelope encodes a message that is not hot.
func envelope(members map[string]any) []byte {
	raw, err := json.Marshal(members)
	if err != nil {
		return []byte(`{"op":"error"}`) // members are made here and always have a JSON form
	}
	return raw
}

// wrap puts shared bytes into a message: {"op":…,"id":…,"<member>":body}; without a member,
// body holds members itself.
func wrap(op, id, member string, body []byte) []byte {
	quoted, err := json.Marshal(id)
	if err != nil {
		quoted = []byte(`""`) // a string always has a JSON form
	}
	b := make([]byte, 0, len(body)+len(quoted)+len(member)+32)
	b = append(append(append(b, `{"op":"`...), op...), `","id":`...)
	b = append(append(b, quoted...), ',')
	if member != "" {
		b = append(append(append(b, '"'), member...), `":`...)
	}
	b = append(b, body...)
	return append(b, '}')
}
