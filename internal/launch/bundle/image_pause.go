package bundle

// pauseRecipe is the sandbox of every pod. It runs as any user that the pod asks for.
func pauseRecipe(version string) Recipe {
	return Recipe{
		Name: Pause, Version: version, Title: "Pod sandbox",
		Licenses: ownLicense, Source: ownSource,
		Layers: []Layer{programLayer(Program{Module: "stack/pause", Binary: "pause"})},
		Config: Config{User: nonrootUser, Entrypoint: []string{"/bin/pause"}},
	}
}
