module kubemate.io/kubemate/stack/pause

go 1.26
