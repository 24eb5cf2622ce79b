package bundle

import "io/fs"

// nonroot is the user that images run as unless they can't; the number is the
// one that distroless images made customary.
const nonroot = 65532

const nonrootUser = "65532:65532"

// baseLayer is what any program may expect: users' names, a place for temporary
// files, and a folder for an organisation's certificate authorities to be mounted.
func baseLayer() Layer {
	return Layer{Name: "base", Entries: []Entry{
		{Path: "/etc/passwd", Mode: 0o644, Data: []byte("root:x:0:0:root:/root:/bin/sh\n" +
			"nobody:x:65534:65534:nobody:/nonexistent:/bin/false\n" +
			"nonroot:x:65532:65532:nonroot:/home/nonroot:/bin/sh\n")},
		{Path: "/etc/group", Mode: 0o644, Data: []byte("root:x:0:\nnogroup:x:65534:\nnonroot:x:65532:\n")},
		{Path: "/etc/ssl/certs", Mode: 0o755, Folder: true},
		{Path: "/home/nonroot", Mode: 0o755, Owner: nonroot, Folder: true},
		{Path: "/root", Mode: 0o700, Folder: true},
		{Path: "/tmp", Mode: 0o777 | fs.ModeSticky, Folder: true},
	}}
}

// toolboxLayer is the shell, tar and the other tools, each by its usual name.
func toolboxLayer() Layer {
	return Layer{Name: "toolbox", Entries: []Entry{
		{Path: "/bin/toolbox", Mode: 0o755, Program: &Program{Module: "stack/toolbox", Binary: "toolbox"}, ToolLinks: true},
		// Scripts begin with #!/usr/bin/env.
		{Path: "/usr/bin", Mode: 0o777, Target: "/bin"},
	}}
}

// programLayer holds one program at /bin.
func programLayer(p Program) Layer {
	return Layer{Name: p.Binary, Entries: []Entry{{Path: "/bin/" + p.Binary, Mode: 0o755, Program: &p}}}
}
