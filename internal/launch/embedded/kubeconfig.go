package embedded

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"

	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"

	"kubemate.io/kubemate/internal/launch/durable"
	"kubemate.io/kubemate/internal/launch/embedded/pki"
)

// clusterName is the name of cluster and context in every kubeconfig.
const clusterName = "kubemate"

// writeKubeconfigs writes <dir>/<client>.kubeconfig for every client certificate in pkiDir, mode 0600. Server is the API
// server's URL. A file whose content would stay the same is left alone.
func writeKubeconfigs(dir, pkiDir, server string, clients []pki.Leaf) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("kubeconfig folder: %w", err)
	}
	ca, err := os.ReadFile(pki.CertFile(pkiDir, pki.ClusterCA))
	if err != nil {
		return err
	}
	for _, client := range clients {
		if err := writeKubeconfig(dir, pkiDir, server, ca, client); err != nil {
			return fmt.Errorf("kubeconfig of %s: %w", client.Name, err)
		}
	}
	return nil
}

func writeKubeconfig(dir, pkiDir, server string, ca []byte, client pki.Leaf) error {
	cert, err := os.ReadFile(pki.CertFile(pkiDir, client.Name))
	if err != nil {
		return err
	}
	key, err := os.ReadFile(pki.KeyFile(pkiDir, client.Name))
	if err != nil {
		return err
	}
	cfg := clientcmdapi.NewConfig()
	cfg.Clusters[clusterName] = &clientcmdapi.Cluster{Server: server, CertificateAuthorityData: ca}
	cfg.AuthInfos[client.CommonName] = &clientcmdapi.AuthInfo{ClientCertificateData: cert, ClientKeyData: key}
	cfg.Contexts[clusterName] = &clientcmdapi.Context{Cluster: clusterName, AuthInfo: client.CommonName}
	cfg.CurrentContext = clusterName
	data, err := clientcmd.Write(*cfg)
	if err != nil {
		return err
	}
	path := kubeconfigFile(dir, client.Name)
	if have, err := os.ReadFile(path); err == nil && bytes.Equal(have, data) {
		return os.Chmod(path, 0o600)
	}
	return durable.WriteFile(path, data, 0o600)
}

func kubeconfigFile(dir, name string) string { return filepath.Join(dir, name+".kubeconfig") }
