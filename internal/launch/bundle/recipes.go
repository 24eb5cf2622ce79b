package bundle

// Names of the images.
const (
	Pause         = "pause"
	Toolbox       = "toolbox"
	CoreDNS       = "coredns"
	MetricsServer = "metrics-server"
	DemoBank      = "demo-bank"
	Node          = "node"
)

const (
	ownLicense = "Apache-2.0"
	ownSource  = "https://kubemate.io/kubemate"
)

// Recipes returns every image of the bundle. version is Kubemate's own, the tag
// of the images that are not upstream's.
func Recipes(version string) []Recipe {
	return []Recipe{
		pauseRecipe(version),
		toolboxRecipe(version),
		coreDNSRecipe(),
		metricsServerRecipe(),
		demoBankRecipe(version),
		nodeRecipe(version),
	}
}
