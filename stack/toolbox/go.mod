module kubemate.io/kubemate/stack/toolbox

go 1.26.0

require (
	github.com/creack/pty v1.1.24
	github.com/dustin/go-humanize v1.0.1
	github.com/miekg/dns v1.1.73
	github.com/peterh/liner v1.2.2
	github.com/spf13/pflag v1.0.10
	github.com/u-root/u-root v0.15.0
	golang.org/x/crypto/x509roots/fallback v0.0.0-20261030153154-30a33513ff6d
	golang.org/x/sys v0.47.0
	golang.org/x/term v0.45.0
	mvdan.cc/sh/v3 v3.13.0
)

require (
	github.com/mattn/go-runewidth v0.0.14 // indirect
	github.com/rivo/uniseg v0.4.4 // indirect
	golang.org/x/net v0.57.0 // indirect
)
