package pki

import (
	"crypto/x509"
	"net"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

var testTime = time.Date(2027, 1, 2, 3, 4, 5, 0, time.UTC)

func cluster() Cluster {
	return Cluster{NodeName: "n", Addresses: []net.IP{net.IPv4(10, 95, 0, 1)}, ServiceIP: net.IPv4(10, 96, 0, 1)}
}

func ensure(t *testing.T, dir string, c Cluster, now time.Time) []string {
	t.Helper()
	made, err := Ensure(dir, c, now)
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(made)
	return made
}

func everyLeaf(c Cluster) []string {
	var names []string
	for _, l := range c.Leaves() {
		names = append(names, l.Name)
	}
	slices.Sort(names)
	return names
}

func TestEnsureMakesOnceAndRenews(t *testing.T) {
	dir := t.TempDir()
	first := ensure(t, dir, cluster(), testTime)
	if len(first) != len(cluster().Leaves())+4 {
		t.Fatalf("made %v", first)
	}
	for name, tc := range map[string]struct {
		after time.Duration
		want  []string
	}{
		"at once":             {0, nil},
		"with much life left": {leafLife/3*2 - time.Hour, nil},
		"with a third left":   {leafLife/3*2 + time.Hour, everyLeaf(cluster())},
		"after their end":     {leafLife + time.Hour, everyLeaf(cluster())},
	} {
		t.Run(name, func(t *testing.T) {
			copied := t.TempDir()
			if err := os.CopyFS(copied, os.DirFS(dir)); err != nil {
				t.Fatal(err)
			}
			if got := ensure(t, copied, cluster(), testTime.Add(tc.after)); !slices.Equal(got, tc.want) {
				t.Errorf("made %v, want %v", got, tc.want)
			}
		})
	}
}

func TestAuthorityIsRenewedWithItsLeaves(t *testing.T) {
	dir := t.TempDir()
	ensure(t, dir, cluster(), testTime)
	made := ensure(t, dir, cluster(), testTime.Add(authorityLife/3*2+time.Hour))
	want := append(everyLeaf(cluster()), ClusterCA, FrontProxyCA)
	slices.Sort(want)
	if !slices.Equal(made, want) {
		t.Errorf("made %v, want %v", made, want)
	}
	verify(t, dir, "apiserver", testTime.Add(authorityLife/3*2+2*time.Hour))
}

func TestClockThatWasAheadMakesAnew(t *testing.T) {
	dir := t.TempDir()
	ensure(t, dir, cluster(), testTime)
	if made := ensure(t, dir, cluster(), testTime.Add(-24*time.Hour)); !slices.Contains(made, ClusterCA) {
		t.Errorf("certificates that are not valid yet were kept; made %v", made)
	}
}

func TestChangedFactsMakeTheirCertificatesAnew(t *testing.T) {
	dir := t.TempDir()
	ensure(t, dir, cluster(), testTime)
	moved := cluster()
	moved.NodeName, moved.Addresses = "m", []net.IP{net.IPv4(10, 95, 0, 2)}
	if made, want := ensure(t, dir, moved, testTime), []string{"apiserver", "kubelet", "kubelet-server"}; !slices.Equal(made, want) {
		t.Errorf("made %v, want %v", made, want)
	}
}

func TestDamagedFilesAreMadeAnew(t *testing.T) {
	for _, file := range []string{"apiserver.crt", "apiserver.key", "admin.key"} {
		dir := t.TempDir()
		ensure(t, dir, cluster(), testTime)
		if err := os.WriteFile(filepath.Join(dir, file), []byte("torn"), 0o600); err != nil {
			t.Fatal(err)
		}
		if made := ensure(t, dir, cluster(), testTime); len(made) != 1 {
			t.Errorf("%s: made %v", file, made)
		}
	}
}

func TestIrreplaceableKeysAreNeverReplaced(t *testing.T) {
	for _, file := range []string{"encryption.yaml", "service-account.key"} {
		dir := t.TempDir()
		ensure(t, dir, cluster(), testTime)
		if err := os.WriteFile(filepath.Join(dir, file), nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Ensure(dir, cluster(), testTime); err == nil {
			t.Errorf("an empty %s was accepted or replaced", file)
		}
	}
}

func TestKeysAreSecret(t *testing.T) {
	dir := t.TempDir()
	ensure(t, dir, cluster(), testTime)
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil {
			t.Fatal(err)
		}
		secret := filepath.Ext(e.Name()) == ".key" || e.Name() == "encryption.yaml"
		if secret && info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v", e.Name(), info.Mode())
		}
	}
}

func TestCertificatesVerify(t *testing.T) {
	dir := t.TempDir()
	ensure(t, dir, cluster(), testTime)
	for _, leaf := range cluster().Leaves() {
		verify(t, dir, leaf.Name, testTime)
	}
	server, err := loadPair(dir, "apiserver")
	if err != nil {
		t.Fatal(err)
	}
	for _, host := range []string{"127.0.0.1", "10.95.0.1", "10.96.0.1", "kubernetes.default.svc", "localhost"} {
		if err := server.cert.VerifyHostname(host); err != nil {
			t.Error(err)
		}
	}
}

func verify(t *testing.T, dir, name string, at time.Time) {
	t.Helper()
	p, err := loadPair(dir, name)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	for _, ca := range []string{ClusterCA, FrontProxyCA} {
		c, err := loadPair(dir, ca)
		if err != nil {
			t.Fatal(err)
		}
		// Only its own authority may vouch for a certificate: aggregated APIs trust the other one.
		if (ca == FrontProxyCA) == (name == "front-proxy-client") {
			roots.AddCert(c.cert)
		}
	}
	_, err = p.cert.Verify(x509.VerifyOptions{Roots: roots, CurrentTime: at, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny}})
	if err != nil {
		t.Errorf("%s: %v", name, err)
	}
}
