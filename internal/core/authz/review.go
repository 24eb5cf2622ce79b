package authz

import (
	"context"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
	authorizationv1 "k8s.io/api/authorization/v1"
)

const (
	reviewLasts     = 5 * time.Second // how long an answer is used again
	maxReviews      = 20_000          // answers that are kept
	reviewsParallel = 8               // questions of one Visible at a time
)

// Reviewer asks a cluster's SubjectAccessReview; client-go's Create does.
type Reviewer func(ctx context.Context, review *authorizationv1.SubjectAccessReview) (*authorizationv1.SubjectAccessReview, error)

// Review asks the cluster itself. It is for clusters where RBAC is not the only authorizer.
type Review struct {
	ask        Reviewer
	namespaces func(ctx context.Context) ([]string, error)
	now        func() time.Time

	mu      sync.Mutex
	answers map[reviewKey]reviewAnswer
}

type reviewKey struct {
	identity string
	question Attributes
}

type reviewAnswer struct {
	allowed bool
	reason  string
	at      time.Time
}

// NewReview makes one. namespaces lists the cluster's namespaces: there is no question
// "in which namespaces", so each is asked for.
func NewReview(ask Reviewer, namespaces func(ctx context.Context) ([]string, error), now func() time.Time) *Review {
	return &Review{ask: ask, namespaces: namespaces, now: now, answers: map[reviewKey]reviewAnswer{}}
}

// Allowed asks, or uses an answer that is at most seconds old.
func (r *Review) Allowed(ctx context.Context, id Identity, a Attributes) (bool, string, error) {
	key := reviewKey{identity: identityKey(id), question: a}
	now := r.now()
	r.mu.Lock()
	answer, ok := r.answers[key]
	r.mu.Unlock()
	if ok && now.Sub(answer.at) < reviewLasts {
		return answer.allowed, answer.reason, nil
	}
	review, err := r.ask(ctx, reviewOf(SubjectOf(id), a))
	if err != nil {
		return false, "", err
	}
	answer = reviewAnswer{allowed: review.Status.Allowed && !review.Status.Denied, reason: review.Status.Reason, at: now}
	r.mu.Lock()
	if len(r.answers) >= maxReviews {
		clear(r.answers)
	}
	r.answers[key] = answer
	r.mu.Unlock()
	return answer.allowed, answer.reason, nil
}

// Visible asks for everything at once, and if that is denied for each namespace. Rights on
// single names cannot be found by asking and are left out.
func (r *Review) Visible(ctx context.Context, id Identity, verb, group, resource string) (Visible, error) {
	a := Attributes{Verb: verb, Group: group, Resource: resource}
	all, _, err := r.Allowed(ctx, id, a)
	if err != nil || all {
		return Visible{All: all}, err
	}
	namespaces, err := r.namespaces(ctx)
	if err != nil {
		return Visible{}, err
	}
	var mu sync.Mutex
	v := Visible{Namespaces: map[string]struct{}{}}
	tasks, ctx := errgroup.WithContext(ctx)
	tasks.SetLimit(reviewsParallel)
	for _, namespace := range namespaces {
		question := a
		question.Namespace = namespace
		tasks.Go(func() error {
			ok, _, err := r.Allowed(ctx, id, question)
			if ok {
				mu.Lock()
				v.Namespaces[namespace] = struct{}{}
				mu.Unlock()
			}
			return err
		})
	}
	if err := tasks.Wait(); err != nil {
		return Visible{}, err
	}
	return v, nil
}

// Generation changes as often as answers are asked for anew.
func (r *Review) Generation() uint64 {
	return uint64(r.now().UnixNano() / int64(reviewLasts)) //nolint:gosec // after 1970
}

func identityKey(id Identity) string {
	key := id.User
	for _, g := range id.Groups {
		key += "\x00" + g
	}
	return key
}

func reviewOf(s Subject, a Attributes) *authorizationv1.SubjectAccessReview {
	spec := authorizationv1.SubjectAccessReviewSpec{User: s.User, Groups: s.Groups}
	if a.Path != "" {
		spec.NonResourceAttributes = &authorizationv1.NonResourceAttributes{Path: a.Path, Verb: a.Verb}
	} else {
		spec.ResourceAttributes = &authorizationv1.ResourceAttributes{
			Namespace: a.Namespace, Verb: a.Verb, Group: a.Group, Version: "*",
			Resource: a.Resource, Subresource: a.Subresource, Name: a.Name,
		}
	}
	return &authorizationv1.SubjectAccessReview{Spec: spec}
}
