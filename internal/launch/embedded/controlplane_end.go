package embedded

import (
	"path/filepath"
	"syscall"
	"time"

	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
)

// Config is the client configuration of one of the identities: admin, server, kubelet, ….
func (cp *ControlPlane) Config(identity string) (*rest.Config, error) {
	return clientcmd.BuildConfigFromFlags("", kubeconfigFile(cp.kubeconfigDir(), identity))
}

// Stop ends the process in order, or kills it if it takes too long. It may be called more than once.
func (cp *ControlPlane) Stop() error {
	if cp.hasEnded() {
		return cp.err
	}
	_ = cp.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-cp.done:
	case <-time.After(controlPlaneStop):
		_ = cp.cmd.Process.Kill()
		<-cp.done
	}
	_ = cp.stdin.Close()
	return cp.err
}

// Kill ends the process at once, as a power cut would, and waits for its end.
func (cp *ControlPlane) Kill() {
	_ = cp.cmd.Process.Kill()
	<-cp.done
}

// Pause stops the process (SIGSTOP) without ending it: clients see an API server that hangs. Resume goes on.
func (cp *ControlPlane) Pause() error { return cp.cmd.Process.Signal(syscall.SIGSTOP) }

// Resume undoes Pause.
func (cp *ControlPlane) Resume() error { return cp.cmd.Process.Signal(syscall.SIGCONT) }

func (cp *ControlPlane) hasEnded() bool {
	select {
	case <-cp.done:
		return true
	default:
		return false
	}
}

func (cp *ControlPlane) pkiDir() string        { return filepath.Join(cp.Dir, "pki") }
func (cp *ControlPlane) kubeconfigDir() string { return filepath.Join(cp.Dir, "kubeconfig") }
func (cp *ControlPlane) endpointFile() string  { return filepath.Join(cp.Dir, "endpoint") }
func (cp *ControlPlane) logFile() string       { return filepath.Join(cp.Dir, "control-plane.log") }
