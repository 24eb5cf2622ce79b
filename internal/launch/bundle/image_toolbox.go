package bundle

// toolboxRecipe is an image to look around a cluster with. It waits, so that a
// pod of it can be entered; any tool can be given as the command instead.
func toolboxRecipe(version string) Recipe {
	return Recipe{
		Name: Toolbox, Version: version, Title: "Shell, tar, DNS and HTTP clients",
		Licenses: ownLicense, Source: ownSource,
		Layers: []Layer{baseLayer(), toolboxLayer()},
		Config: Config{
			User: nonrootUser, Cmd: []string{"sleep", "infinity"},
			Env: []string{"PATH=/bin", "HOME=/home/nonroot"}, WorkingDir: "/home/nonroot",
		},
	}
}
