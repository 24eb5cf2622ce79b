package errs_test

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"kubemate.io/kubemate/internal/core/errs"
)

func TestErrorNamesTheCauseForTheLogOnly(t *testing.T) {
	cause := errors.New("dial tcp: secret-of-the-network")
	e := errs.New(errs.Unavailable, "cluster %s does not answer", "local").Wrap(cause)
	if e.Message != "cluster local does not answer" || strings.Contains(e.Message, "secret-of") {
		t.Errorf("what a user reads is %q", e.Message)
	}
	if want := "cluster local does not answer: dial tcp: secret-of-the-network"; e.Error() != want {
		t.Errorf("what the log gets is %q, want %q", e.Error(), want)
	}
	if !errors.Is(e, cause) {
		t.Error("the cause cannot be found")
	}
	if bare := errs.New(errs.Invalid, "x"); bare.Error() != "x" || errors.Unwrap(bare) != nil {
		t.Errorf("without a cause: %q, %v", bare.Error(), errors.Unwrap(bare))
	}
}

func TestErrorKeepsWhatItWasGiven(t *testing.T) {
	e := errs.New(errs.Conflict, "it changed").
		WithHint("read %s again", "it").WithObject("pods %s/%s", "bank", "teller").
		WithField("spec.replicas", "negative").WithField("spec.paused", "no text").
		WithExtra("current", "yaml").WithExtra("n", 3)
	if e.Hint != "read it again" || e.Object != "pods bank/teller" {
		t.Errorf("hint %q, object %q", e.Hint, e.Object)
	}
	if len(e.Fields) != 2 || e.Fields[0] != (errs.Field{Path: "spec.replicas", Message: "negative"}) {
		t.Errorf("fields %+v", e.Fields)
	}
	if e.Extra["current"] != "yaml" || e.Extra["n"] != 3 {
		t.Errorf("extra %v", e.Extra)
	}
}

// A message that comes from outside may hold percent signs: it is data, not a format.
func TestForeignTextIsNoFormat(t *testing.T) {
	const said = "100%s of %d!(EXTRA"
	if e := errs.New(errs.BadUpstream, "%s", said); e.Message != said {
		t.Errorf("got %q", e.Message)
	}
	if e := errs.New(errs.Invalid, "x").WithField("p", said); e.Fields[0].Message != said {
		t.Errorf("got %q", e.Fields[0].Message)
	}
}

func TestKindOf(t *testing.T) {
	own := errs.New(errs.TooMany, "slow down")
	for name, c := range map[string]struct {
		err  error
		want errs.Kind
	}{
		"own":                  {own, errs.TooMany},
		"wrapped":              {fmt.Errorf("list pods: %w", own), errs.TooMany},
		"joined":               {errors.Join(io.EOF, own), errs.TooMany},
		"the outer one counts": {errs.New(errs.Invalid, "outer").Wrap(own), errs.Invalid},
		"foreign":              {io.EOF, errs.Internal},
		"none":                 {nil, errs.Internal},
	} {
		if got := errs.KindOf(c.err); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}
