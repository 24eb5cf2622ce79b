package resources

import (
	"time"

	"kubemate.io/kubemate/internal/core/kube"
)

// Why answers "why isn't it running?".
type Why struct {
	Ref      kube.Ref   `json:"ref"`
	Tone     string     `json:"tone" enum:"ok,progress,warning,error,neutral"`
	Headline string     `json:"headline" doc:"The answer in one sentence"`
	Causes   []WhyCause `json:"causes" doc:"Most likely first"`
	Unseen   []string   `json:"unseen,omitempty" doc:"What the caller may not see and could matter"`
}

// WhyCause is one cause with what shows it and what helps.
type WhyCause struct {
	Code     string            `json:"code" doc:"Stable, for translation: image-pull, unschedulable-resources, quota, …"`
	Params   map[string]string `json:"params" doc:"The names and numbers of the text, for translation"`
	Tone     string            `json:"tone" enum:"ok,progress,warning,error,neutral"`
	Title    string            `json:"title"`
	Detail   string            `json:"detail"`
	Evidence []WhyEvidence     `json:"evidence"`
	Remedy   []string          `json:"remedy" doc:"What to do, first things first"`
	Ref      *kube.Ref         `json:"ref,omitempty" doc:"The object to look at or to change"`
}

// WhyEvidence is one fact read from the cluster.
type WhyEvidence struct {
	Source string     `json:"source" doc:"condition, event, container, status, spec, quota, node, claim, endpoints"`
	Ref    *kube.Ref  `json:"ref,omitempty"`
	Text   string     `json:"text" doc:"As the cluster says it"`
	Time   *time.Time `json:"time,omitempty"`
}
