package fleet

// builtinFields is the one list of kinds with columns of their own, by resource key.
var builtinFields = map[string]known{
	"pods": {"v1", podFields},

	"deployments.apps":                              {"v1", deploymentFields},
	"replicasets.apps":                              {"v1", replicaSetFields},
	"statefulsets.apps":                             {"v1", statefulSetFields},
	"daemonsets.apps":                               {"v1", daemonSetFields},
	"controllerrevisions.apps":                      {"v1", controllerRevisionFields},
	"replicationcontrollers":                        {"v1", replicationControllerFields},
	"jobs.batch":                                    {"v1", jobFields},
	"cronjobs.batch":                                {"v1", cronJobFields},
	"nodes":                                         {"v1", nodeFields},
	"namespaces":                                    {"v1", namespaceFields},
	"services":                                      {"v1", serviceFields},
	"endpoints":                                     {"v1", endpointsFields},
	"endpointslices.discovery.k8s.io":               {"v1", endpointSliceFields},
	"ingresses.networking.k8s.io":                   {"v1", ingressFields},
	"ingressclasses.networking.k8s.io":              {"v1", ingressClassFields},
	"networkpolicies.networking.k8s.io":             {"v1", networkPolicyFields},
	"configmaps":                                    {"v1", configMapFields},
	"secrets":                                       {"v1", secretFields},
	"serviceaccounts":                               {"v1", serviceAccountFields},
	"resourcequotas":                                {"v1", resourceQuotaFields},
	"limitranges":                                   {"v1", limitRangeFields},
	"poddisruptionbudgets.policy":                   {"v1", disruptionBudgetFields},
	"horizontalpodautoscalers.autoscaling":          {"v2", autoscalerFields},
	"leases.coordination.k8s.io":                    {"v1", leaseFields},
	"priorityclasses.scheduling.k8s.io":             {"v1", priorityClassFields},
	"persistentvolumes":                             {"v1", volumeFields},
	"persistentvolumeclaims":                        {"v1", claimFields},
	"storageclasses.storage.k8s.io":                 {"v1", storageClassFields},
	"roles.rbac.authorization.k8s.io":               {"v1", roleFields},
	"clusterroles.rbac.authorization.k8s.io":        {"v1", clusterRoleFields},
	"rolebindings.rbac.authorization.k8s.io":        {"v1", roleBindingFields},
	"clusterrolebindings.rbac.authorization.k8s.io": {"v1", clusterRoleBindingFields},
	"events":               {"v1", eventFields},
	"events.events.k8s.io": {"v1", newEventFields},
	"customresourcedefinitions.apiextensions.k8s.io": {"v1", definitionFields},
	"apiservices.apiregistration.k8s.io":             {"v1", apiServiceFields},
}

// always lists the kinds that are watched from the start, in the order of starting: what
// rights and names depend on comes first.
var always = []string{
	"clusterroles.rbac.authorization.k8s.io", "clusterrolebindings.rbac.authorization.k8s.io",
	"roles.rbac.authorization.k8s.io", "rolebindings.rbac.authorization.k8s.io",
	"namespaces", "nodes", "pods",
	"deployments.apps", "replicasets.apps", "statefulsets.apps", "daemonsets.apps", "jobs.batch", "cronjobs.batch",
	"services", "endpointslices.discovery.k8s.io", "ingresses.networking.k8s.io", "events",
	"resourcequotas", "limitranges", "persistentvolumes", "persistentvolumeclaims", "storageclasses.storage.k8s.io",
	"configmaps", "secrets", "poddisruptionbudgets.policy", "horizontalpodautoscalers.autoscaling", "serviceaccounts",
	"customresourcedefinitions.apiextensions.k8s.io",
}
