package cli

import (
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"testing"
)

// The first Ctrl-C ends a log that is followed, with success: it is how one ends it.
func TestInterruptEndsFollowing(t *testing.T) {
	f := newFakeServer(t)
	// Whatever happens, the signal must not end the test binary.
	ignored := make(chan os.Signal, 1)
	signal.Notify(ignored, os.Interrupt)
	defer signal.Stop(ignored)
	f.handle("GET /clusters/local/resources/pods/objects/bank/teller-0/logs", func(w http.ResponseWriter, r *http.Request) {
		_, _ = w.Write([]byte(`{"m":"first"}` + "\n"))
		w.(http.Flusher).Flush()
		if err := syscall.Kill(os.Getpid(), syscall.SIGINT); err != nil {
			t.Error(err)
		}
		<-r.Context().Done()
	})
	if got := f.run("", "logs", "pod/teller-0", "-n", "bank", "-f"); got.code != 0 {
		t.Errorf("%+v", got)
	}
}
