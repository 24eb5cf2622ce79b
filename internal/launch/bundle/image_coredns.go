package bundle

// coreDNSRecipe is the cluster's name server.
func coreDNSRecipe() Recipe {
	return Recipe{
		Name: CoreDNS, Version: "v1.15.0", Title: "Cluster DNS",
		Licenses: "Apache-2.0", Source: "https://github.com/coredns/coredns", Upstream: "github.com/coredns/coredns",
		Layers: []Layer{baseLayer(), programLayer(Program{Module: "stack/coredns", Binary: "coredns"})},
		Config: Config{User: nonrootUser, Entrypoint: []string{"/bin/coredns"}, Env: []string{"PATH=/bin"}},
	}
}
