package resources

import (
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
)

// imageFailures tell apart why a pull failed, by words that registries and container
// runtimes use. The first that fits counts.
var imageFailures = []struct {
	reason, title string
	words         []string
	remedy        []string
}{
	{
		"rate-limit", "the registry refuses more pulls for now",
		[]string{"toomanyrequests", "429 too many requests", "rate limit"},
		[]string{"Sign in to the registry with an imagePullSecret, use a mirror, or wait."},
	},
	{
		"access", "the registry does not let it in",
		[]string{"unauthorized", "authentication required", "pull access denied", "403 forbidden", "401 unauthorized", "no basic auth credentials", "denied:"},
		[]string{"Check the name of the image.", "If the image is private, add an imagePullSecret with an account that may read it."},
	},
	{
		"not-found", "there is no such image or tag",
		[]string{"not found", "manifest unknown", "name unknown", "does not exist", "no such image"},
		[]string{"Check the image name and tag for a typing error.", "See whether the tag was pushed to this registry."},
	},
	{
		"platform", "the image is not made for this kind of machine",
		[]string{"no match for platform", "exec format error", "no matching manifest"},
		[]string{"Build the image for the node's architecture, or choose other nodes by nodeSelector."},
	},
	{
		"tls", "the registry's certificate is not trusted",
		[]string{"x509:", "tls:", "certificate", "server gave http response to https client"},
		[]string{"Make the nodes trust the registry's authority, or correct its certificate."},
	},
	{
		"unreachable", "the registry can't be reached",
		[]string{"no such host", "connection refused", "i/o timeout", "dial tcp", "handshake timeout", "network is unreachable", "no route to host", "connection reset", "context deadline exceeded", "unexpected eof"},
		[]string{"Check the registry's name, and DNS and the network from the node.", "In a closed network, mirror the image to a registry in reach."},
	},
	{
		"disk", "the node has no room for it",
		[]string{"no space left on device"},
		[]string{"Free disk space on the node, or let it collect unused images."},
	},
}

// image: a container waits for its image.
func (p *podCase) image(container string, waiting *corev1.ContainerStateWaiting) bool {
	image := imageOf(p.pod, container)
	switch waiting.Reason {
	case "InvalidImageName":
		p.add("image-name", toneError, orderCause, "%q is no valid image name", image).about(p.ref).
			with("image", image, "container", container, "pod", p.pod.Name).
			detail("Container %s names an image in a form that no registry understands.", container).
			evidence("container", p.ref, waiting.Reason+": "+waiting.Message, time.Time{}).
			remedy("Write registry/name:tag in lower case, without spaces or https://.")
		return true
	case "ErrImageNeverPull":
		p.add("image-pull", toneError, orderCause, "The image %s is not on node %s, and it may not be pulled", image, p.pod.Spec.NodeName).about(p.ref).
			with("image", image, "container", container, "pod", p.pod.Name, "reason", "never-pull").
			detail("imagePullPolicy is Never.").evidence("container", p.ref, waiting.Reason+": "+waiting.Message, time.Time{}).
			remedy("Load the image onto the node, or set imagePullPolicy to IfNotPresent.")
		return true
	case "ImagePullBackOff", "ErrImagePull", "ImageInspectError", "RegistryUnavailable", "SignatureValidationFailed":
		p.imagePull(container, image, waiting)
		return true
	}
	return false
}

func (p *podCase) imagePull(container, image string, waiting *corev1.ContainerStateWaiting) {
	said := waiting.Message
	event := p.pullEvent(image)
	if event != nil {
		said += " " + event.Message
	}
	reason, title, remedy := classifyPull(said)
	p.add("image-pull", toneError, orderCause, "The image %s can't be pulled: %s", image, title).about(p.ref).
		with("image", image, "container", container, "pod", p.pod.Name, "reason", reason).
		detail("Container %s of pod %s waits for its image; the node tries again with growing pauses.", container, p.pod.Name).
		evidence("container", p.ref, waiting.Reason+": "+waiting.Message, time.Time{}).event(event).remedy(remedy...)
}

func classifyPull(said string) (reason, title string, remedy []string) {
	said = strings.ToLower(said)
	for _, f := range imageFailures {
		for _, w := range f.words {
			if strings.Contains(said, w) {
				return f.reason, f.title, f.remedy
			}
		}
	}
	return "unknown", "the node could not fetch it", []string{"Read what the node says below, and check the image name and the registry."}
}

// pullEvent finds the newest event that says why the pull of an image failed.
func (p *podCase) pullEvent(image string) *ObjectEvent {
	events := p.r.eventsAbout(p.obj)
	for i := range events {
		if events[i].Reason == "Failed" && strings.Contains(events[i].Message, image) && strings.Contains(events[i].Message, "pull") {
			return &events[i]
		}
	}
	return nil
}

func imageOf(pod *corev1.Pod, container string) string {
	for _, list := range [][]corev1.Container{pod.Spec.Containers, pod.Spec.InitContainers} {
		for _, c := range list {
			if c.Name == container {
				return c.Image
			}
		}
	}
	return ""
}
