package bundle

// metricsServerRecipe serves the CPU and memory use of nodes and pods.
func metricsServerRecipe() Recipe {
	return Recipe{
		Name: MetricsServer, Version: "v0.9.0", Title: "CPU and memory use (metrics.k8s.io)",
		Licenses: "Apache-2.0", Source: "https://github.com/kubernetes-sigs/metrics-server", Upstream: "sigs.k8s.io/metrics-server",
		Layers: []Layer{baseLayer(), programLayer(Program{Module: "stack/metrics-server", Binary: "metrics-server"})},
		Config: Config{User: nonrootUser, Entrypoint: []string{"/bin/metrics-server"}, Env: []string{"PATH=/bin"}},
	}
}
