package resources

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/httpstream"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/portforward"
	"k8s.io/client-go/transport/spdy"

	"kubemate.io/kubemate/internal/core/errs"
	"kubemate.io/kubemate/internal/core/httpapi"
)

const (
	// PortForwardProtocol is the WebSocket subprotocol of port-forward: one WebSocket per TCP
	// connection, its bytes as binary frames; an empty frame ends one direction.
	PortForwardProtocol = "kubemate.portforward.v1"
	// forwardErrorWait is how long the cluster has to say why a connection closed.
	forwardErrorWait = 2 * time.Second
)

func (s *streams) portForwardRoutes(api *httpapi.API) {
	api.Raw(httpapi.Stream(huma.Operation{
		OperationID: "forward-object-port",
		Method:      http.MethodGet,
		Path:        objectPath + "/portforward",
		Summary:     "Carry one TCP connection to a port of a pod, service or workload (WebSocket)",
		Description: "Subprotocol " + PortForwardProtocol + ": bytes as binary frames, an empty frame ends one direction. " +
			"A close code of 4000 and more is an error (4000 + HTTP status), its reason says what.",
		Tags: []string{tagStreams},
		Parameters: append(objectParameters(),
			queryParam("port", huma.TypeString, "Number or name; of a service, the service's port")),
		Responses: upgradeResponses(),
	}), s.servePortForward)
}

// servePortForward answers GET …/portforward.
func (s *streams) servePortForward(w http.ResponseWriter, r *http.Request) error {
	ctx, release, err := s.open(r)
	if err != nil {
		return err
	}
	defer release()
	target, err := s.target(ctx, r)
	if err != nil {
		return err
	}
	pod, port, err := target.podPort(ctx, r.URL.Query().Get("port"))
	if err != nil {
		return err
	}
	if err := target.require(ctx, pod, "portforward"); err != nil {
		return err
	}
	conn, err := acceptStream(w, r, PortForwardProtocol)
	if err != nil {
		return err
	}
	newForwardPipe(ctx, conn).run(func(ctx context.Context) (*forwardStreams, error) {
		return target.forward(ctx, pod.Name, port)
	})
	return nil
}

// podPort finds the pod and the number of its port: given as a number, by its name in the
// pod, or as a port of a service.
func (t *streamTarget) podPort(ctx context.Context, asked string) (*corev1.Pod, int, error) {
	if asked == "" {
		return nil, 0, errs.New(errs.Invalid, "parameter port is missing").WithField("port", "is missing")
	}
	port := intstr.Parse(asked)
	if port.Type == intstr.Int && (port.IntVal < 1 || port.IntVal > 65535) {
		return nil, 0, errs.New(errs.Invalid, "port %s is not between 1 and 65535", asked).WithField("port", "out of range")
	}
	if t.kind.Resource == "services" {
		service, err := t.workload(ctx)
		if err != nil {
			return nil, 0, err
		}
		if port, err = servicePort(service, port); err != nil {
			return nil, 0, err
		}
	}
	pod, err := t.onePod(ctx)
	if err != nil {
		return nil, 0, err
	}
	if pod.Status.Phase != corev1.PodRunning {
		return nil, 0, errs.New(errs.Unprocessable, "pod %s/%s is not running: it is %s", pod.Namespace, pod.Name, pod.Status.Phase).
			WithObject("pods %s/%s", pod.Namespace, pod.Name).
			WithHint("see why with: kubemate why pod/%s -n %s", pod.Name, pod.Namespace)
	}
	number, err := containerPort(pod, port)
	return pod, number, err
}

// servicePort maps a port of a service to the port of its pods.
func servicePort(obj *unstructured.Unstructured, port intstr.IntOrString) (intstr.IntOrString, error) {
	var service corev1.Service
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured(obj.Object, &service); err != nil {
		return port, fmt.Errorf("read service %s/%s: %w", obj.GetNamespace(), obj.GetName(), err)
	}
	var known []string
	for _, p := range service.Spec.Ports {
		if (port.Type == intstr.Int && p.Port == port.IntVal) || (port.Type == intstr.String && p.Name == port.StrVal) {
			if p.TargetPort.Type == intstr.Int && p.TargetPort.IntVal == 0 {
				return intstr.FromInt32(p.Port), nil
			}
			return p.TargetPort, nil
		}
		known = append(known, strings.TrimPrefix(p.Name+" ", " ")+strconv.Itoa(int(p.Port)))
	}
	return port, errs.New(errs.Invalid, "service %s/%s has no port %s", obj.GetNamespace(), obj.GetName(), port.String()).
		WithField("port", "no such port").WithHint("its ports are: %s", strings.Join(known, ", "))
}

// containerPort gives the number of a port of the pod. A number need not be declared.
func containerPort(pod *corev1.Pod, port intstr.IntOrString) (int, error) {
	if port.Type == intstr.Int {
		return int(port.IntVal), nil
	}
	var known []string
	for _, c := range pod.Spec.Containers {
		for _, p := range c.Ports {
			if p.Name == port.StrVal {
				return int(p.ContainerPort), nil
			}
			known = append(known, strings.TrimPrefix(p.Name+" ", " ")+strconv.Itoa(int(p.ContainerPort)))
		}
	}
	hint := "it declares none: give a number"
	if len(known) > 0 {
		hint = "it declares: " + strings.Join(known, ", ")
	}
	return 0, errs.New(errs.Invalid, "pod %s/%s has no port named %q", pod.Namespace, pod.Name, port.StrVal).
		WithField("port", "no such port").WithHint("%s", hint)
}

// forwardStreams is one TCP connection on its way through the cluster.
type forwardStreams struct {
	conn   httpstream.Connection
	data   httpstream.Stream
	errors httpstream.Stream
	about  string // "port 8080 of pods bank/web-0"
}

// forward opens a connection to a port of a pod, as the caller.
func (t *streamTarget) forward(ctx context.Context, pod string, port int) (*forwardStreams, error) {
	conn, err := t.dialPod(ctx, pod)
	if err != nil {
		return nil, upgradeRefused(err, t.podRef(pod))
	}
	f := &forwardStreams{conn: conn, about: fmt.Sprintf("port %d of %s", port, t.podRef(pod))}
	headers := http.Header{}
	headers.Set(corev1.PortHeader, strconv.Itoa(port))
	headers.Set(corev1.PortForwardRequestIDHeader, "0")
	headers.Set(corev1.StreamType, corev1.StreamTypeError)
	if f.errors, err = conn.CreateStream(headers); err == nil {
		_ = f.errors.Close() // nothing is written to it
		headers.Set(corev1.StreamType, corev1.StreamTypeData)
		f.data, err = conn.CreateStream(headers)
	}
	if err != nil {
		defer func() { _ = conn.Close() }()
		// The node may have failed so fast that its reason came before its consent.
		defer time.AfterFunc(forwardErrorWait, func() { _ = conn.Close() }).Stop()
		if said := f.failure(); said != nil {
			return nil, said
		}
		return nil, errs.New(errs.BadUpstream, "the cluster did not open a connection to %s", f.about).WithHint("try again").Wrap(err)
	}
	return f, nil
}

// dialPod connects to the pod's port-forward, over WebSocket or, where the cluster is too old
// for that, over SPDY.
func (t *streamTarget) dialPod(ctx context.Context, pod string) (httpstream.Connection, error) {
	url := t.clients.Typed.CoreV1().RESTClient().Post().
		Namespace(t.ref.Namespace).Resource("pods").Name(pod).SubResource("portforward").URL()
	config := rest.CopyConfig(t.clients.Config)
	config.Wrap(func(next http.RoundTripper) http.RoundTripper { return endsWith{ctx, next} })
	over, err := portforward.NewSPDYOverWebsocketDialer(url, config)
	if err != nil {
		return nil, fmt.Errorf("prepare port-forward over WebSocket: %w", err)
	}
	transport, upgrader, err := spdy.RoundTripperFor(config)
	if err != nil {
		return nil, fmt.Errorf("prepare port-forward over SPDY: %w", err)
	}
	older := spdy.NewDialer(upgrader, &http.Client{Transport: transport}, http.MethodPost, url)
	conn, _, err := portforward.NewFallbackDialer(over, older, tooOldForWebSocket).Dial(portforward.PortForwardProtocolV1Name)
	return conn, err
}

// endsWith ends requests with a context: client-go's dialers of port-forwards make theirs without.
type endsWith struct {
	ctx  context.Context //nolint:containedctx // of the requests
	next http.RoundTripper
}

// RoundTrip sends the request under the context.
func (e endsWith) RoundTrip(r *http.Request) (*http.Response, error) {
	return e.next.RoundTrip(r.WithContext(e.ctx))
}

// failure reads why the cluster could not carry the connection; nil when it ended by itself.
func (f *forwardStreams) failure() error {
	if f.errors == nil {
		return nil
	}
	text, _ := io.ReadAll(io.LimitReader(f.errors, 4096))
	if len(text) == 0 {
		return nil
	}
	switch message := string(text); {
	case strings.Contains(message, "onnection refused"):
		return errs.New(errs.BadUpstream, "nothing listens on %s (connection refused)", f.about)
	case strings.Contains(message, "connection reset") || strings.Contains(message, "broken pipe"):
		return nil // the program closed the connection
	default:
		return errs.New(errs.BadUpstream, "%s cannot be reached: %s", f.about, message)
	}
}

func (f *forwardStreams) close() {
	_ = f.data.Reset()
	_ = f.conn.Close()
}
