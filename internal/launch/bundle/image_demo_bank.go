package bundle

// demoBankRecipe is the demo application. It has the toolbox's shell and tar, so
// that people can look into its containers and copy files.
func demoBankRecipe(version string) Recipe {
	return Recipe{
		Name: DemoBank, Version: version, Title: "Demo bank",
		Licenses: ownLicense, Source: ownSource,
		Layers: []Layer{
			baseLayer(), toolboxLayer(),
			programLayer(Program{Module: ".", Package: "./demo/cmd/demo-bank", Binary: "demo-bank"}),
		},
		Config: Config{
			User: nonrootUser, Entrypoint: []string{"/bin/demo-bank"},
			Env: []string{"PATH=/bin", "HOME=/home/nonroot"}, WorkingDir: "/home/nonroot",
		},
	}
}
