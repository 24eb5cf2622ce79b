package bundle

// nodeRecipe holds the programs of the embedded cluster. It is no image to run:
// it lets one bundle carry everything that a machine without sources needs.
// [Bundle.Programs] takes them out.
func nodeRecipe(version string) Recipe {
	return Recipe{
		Name: Node, Version: version, Title: "Programs of the embedded cluster",
		Licenses: "Apache-2.0", Source: ownSource,
		Layers: []Layer{
			programLayer(Program{Module: "stack/kubernetes", Binary: "kubemate-node"}),
			{Name: "containerd", Entries: []Entry{
				{Path: "/bin/containerd", Mode: 0o755, Program: &Program{Module: "stack/containerd", Binary: "containerd"}},
				{Path: "/bin/containerd-shim-runc-v2", Mode: 0o755, Program: &Program{Module: "stack/containerd", Binary: "containerd-shim-runc-v2"}},
				{Path: "/bin/ctr", Mode: 0o755, Program: &Program{Module: "stack/containerd", Binary: "ctr"}},
			}},
			programLayer(Program{Module: "stack/kwok", Binary: "kwok"}),
		},
		Config: Config{User: nonrootUser},
	}
}
