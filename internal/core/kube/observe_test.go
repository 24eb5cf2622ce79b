package kube

import (
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"

	"kubemate.io/kubemate/internal/core/authz"
)

func TestVerbOf(t *testing.T) {
	for _, c := range []struct{ method, target, want string }{
		{"GET", "/api/v1/pods", "list"},
		{"GET", "/api/v1/pods?watch=true", "watch"},
		{"GET", "/api/v1/pods?watch=1&fieldSelector=metadata.name%3Dx", "watch"},
		{"GET", "/api/v1/namespaces", "list"},
		{"GET", "/api/v1/namespaces/n", "get"},
		{"GET", "/api/v1/namespaces/n/pods", "list"},
		{"GET", "/api/v1/namespaces/n/pods/p", "get"},
		{"GET", "/api/v1/namespaces/n/pods/p/log?follow=true", "get"},
		{"HEAD", "/apis/apps/v1/deployments", "list"},
		{"GET", "/k8s/clusters/c-1/apis/apps/v1/namespaces/n/deployments/d", "get"},
		{"GET", "/apis/apps/v1", "get"},
		{"GET", "/api", "get"},
		{"GET", "/readyz", "get"},
		{"POST", "/api/v1/namespaces/n/pods", "create"},
		{"POST", "/api/v1/namespaces/n/pods/p/eviction", "create"},
		{"POST", "/api/v1/namespaces/n/pods/p/exec?command=sh", "connect"},
		{"GET", "/api/v1/namespaces/n/pods/p/portforward", "connect"},
		{"PUT", "/api/v1/namespaces/n/pods/p", "update"},
		{"PATCH", "/api/v1/namespaces/n/pods/p", "patch"},
		{"DELETE", "/api/v1/namespaces/n/pods/p", "delete"},
		{"DELETE", "/api/v1/namespaces/n/pods", "delete"},
		{"BREW", "/api/v1/namespaces/n/pods/p", "get"},
	} {
		if got := verbOf(httptest.NewRequest(c.method, c.target, nil)); got != c.want {
			t.Errorf("%s %s is %s, want %s", c.method, c.target, got, c.want)
		}
	}
}

// Every call is counted once, whoever it is for and however it ends, and without any name in it.
func TestCallsAreObserved(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodDelete {
			panic(http.ErrAbortHandler)
		}
		w.WriteHeader(http.StatusNotFound)
	}))
	defer s.Close()
	var mu sync.Mutex
	seen := map[[3]string]int{}
	registry := NewConnector(Options{Called: func(c Call) {
		mu.Lock()
		defer mu.Unlock()
		seen[[3]string{c.Cluster, c.Verb, c.Code}]++
		if c.Took < 0 {
			t.Errorf("%+v", c)
		}
	}})
	if err := registry.Add("local", "", Fixed(&rest.Config{Host: s.URL})); err != nil {
		t.Fatal(err)
	}
	c, err := registry.Cluster("local")
	if err != nil {
		t.Fatal(err)
	}
	alice, err := c.As(authz.Identity{User: "alice"})
	if err != nil {
		t.Fatal(err)
	}
	for _, clients := range []*Clients{c.System(), alice} {
		if _, err := clients.Typed.CoreV1().Pods("n").Get(t.Context(), "p", metav1.GetOptions{}); err == nil {
			t.Error("no error")
		}
	}
	if err := alice.Typed.CoreV1().Pods("n").Delete(t.Context(), "p", metav1.DeleteOptions{}); err == nil {
		t.Error("no error")
	}
	mu.Lock()
	defer mu.Unlock()
	if seen[[3]string{"local", "get", "404"}] != 2 || seen[[3]string{"local", "delete", "error"}] != 1 || len(seen) != 2 {
		t.Errorf("seen %v", seen)
	}
}
