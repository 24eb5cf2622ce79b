package resources

import (
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"kubemate.io/kubemate/internal/core/errs"
)

// usualVersions helps who wrote a kind without its apiVersion.
var usualVersions = map[string]string{
	"Pod": "v1", "Service": "v1", "ConfigMap": "v1", "Secret": "v1", "Namespace": "v1", "ServiceAccount": "v1",
	"PersistentVolumeClaim": "v1", "PersistentVolume": "v1", "Node": "v1", "ResourceQuota": "v1", "LimitRange": "v1",
	"Deployment": "apps/v1", "StatefulSet": "apps/v1", "DaemonSet": "apps/v1", "ReplicaSet": "apps/v1",
	"Job": "batch/v1", "CronJob": "batch/v1", "Ingress": "networking.k8s.io/v1", "NetworkPolicy": "networking.k8s.io/v1",
	"HorizontalPodAutoscaler": "autoscaling/v2", "PodDisruptionBudget": "policy/v1",
	"Role": "rbac.authorization.k8s.io/v1", "RoleBinding": "rbac.authorization.k8s.io/v1",
	"ClusterRole": "rbac.authorization.k8s.io/v1", "ClusterRoleBinding": "rbac.authorization.k8s.io/v1",
	"StorageClass": "storage.k8s.io/v1", "CustomResourceDefinition": "apiextensions.k8s.io/v1",
}

// checkIdentity refuses an object that does not say what it is and how it is called.
func checkIdentity(d *document) error {
	for _, check := range []func(*document) error{checkType, checkMetadata, checkTexts} {
		if err := check(d); err != nil {
			return err
		}
	}
	return nil
}

func checkType(d *document) error {
	version, kind, err := typeOf(d)
	if err != nil {
		return err
	}
	switch {
	case kind == "" && version == "":
		return at(d.line, 1, "apiVersion and kind are missing").WithField("kind", "missing").
			WithHint("an object begins with apiVersion and kind, for instance apiVersion: apps/v1 and kind: Deployment")
	case kind == "":
		return at(d.line, 1, "kind is missing").WithField("kind", "missing").
			WithHint("say what it is, for instance kind: Deployment")
	case version == "" && usualVersions[kind] != "":
		return at(d.line, 1, "kind is %s, but apiVersion is missing", kind).WithField("apiVersion", "missing").
			WithHint("write apiVersion: %s", usualVersions[kind])
	case version == "":
		return at(d.line, 1, "kind is %s, but apiVersion is missing", kind).WithField("apiVersion", "missing").
			WithHint("write the group and version of the kind, as the list of kinds names them")
	}
	if _, err := schema.ParseGroupVersion(version); err != nil {
		return d.wrong("apiVersion", "%q is no API version", version).WithHint("write group/version, for instance apps/v1")
	}
	return nil
}

func typeOf(d *document) (version, kind string, err error) {
	for field, into := range map[string]*string{"apiVersion": &version, "kind": &kind} {
		value, there := d.object.Object[field]
		word, ok := value.(string)
		if there && value != nil && !ok {
			return "", "", d.wrong(field, "it must be text").WithHint("put it in quotes")
		}
		*into = strings.TrimSpace(word)
		if ok && *into != word {
			return "", "", d.wrong(field, "it has spaces around it")
		}
	}
	return version, kind, nil
}

func checkMetadata(d *document) error {
	meta, ok := d.object.Object["metadata"].(map[string]any)
	if !ok {
		return d.wrong("metadata", "%s has no metadata", d.object.GetKind()).WithHint("add metadata with a name")
	}
	for _, field := range []string{"name", "generateName", "namespace", "resourceVersion", "uid"} {
		value, there := meta[field]
		if _, ok := value.(string); there && value != nil && !ok {
			return d.wrong("metadata."+field, "it is %s, but must be text", describeValue(value)).WithHint("put it in quotes")
		}
	}
	if text(meta, "name") == "" && text(meta, "generateName") == "" {
		return d.wrong("metadata.name", "%s has no name", d.object.GetKind()).
			WithHint("add metadata.name, or metadata.generateName to have one made")
	}
	if name := text(meta, "name"); strings.ContainsAny(name, "/%") || name == "." || name == ".." {
		return d.wrong("metadata.name", "%q is no name that an object may have", name).
			WithHint("use lower-case letters, digits, - and .")
	}
	return nil
}

// checkTexts refuses labels and annotations that are no text, such as an unquoted 1.20 or true.
func checkTexts(d *document) error {
	meta, _ := d.object.Object["metadata"].(map[string]any)
	for _, field := range []string{"labels", "annotations"} {
		value, there := meta[field]
		if !there || value == nil {
			continue
		}
		pairs, ok := value.(map[string]any)
		if !ok {
			return d.wrong("metadata."+field, "it is %s, but must be an object of texts", describeValue(value))
		}
		for _, key := range sortedKeys(pairs) {
			if _, ok := pairs[key].(string); !ok && pairs[key] != nil {
				return d.wrong("metadata."+field+"."+key, "it is %s, but must be text", describeValue(pairs[key])).
					WithHint("put the value in quotes")
			}
		}
	}
	return nil
}

// wrong makes an error about a field of the document.
func (d *document) wrong(path, format string, args ...any) *errs.Error {
	line, column := d.place(path)
	message := fmt.Sprintf(format, args...)
	return at(line, column, "%s: %s", path, message).WithField(path, message)
}

func describeValue(v any) string {
	switch v := v.(type) {
	case string:
		return fmt.Sprintf("the text %.40q", v)
	case bool:
		return fmt.Sprintf("the truth value %t", v)
	case int64, float64:
		return fmt.Sprintf("the number %v", v)
	case []any:
		return "a list"
	case map[string]any:
		return "an object"
	default:
		return "empty"
	}
}

// child finds the value of a key in a mapping node; nil when there is none.
func child(n *yaml.Node, key string) *yaml.Node {
	if n = follow(n); n == nil || n.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if follow(n.Content[i]).Value == key {
			return follow(n.Content[i+1])
		}
	}
	return nil
}
