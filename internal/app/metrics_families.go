package app

import (
	"time"

	"kubemate.io/kubemate/internal/core/fleet"
	"kubemate.io/kubemate/internal/core/kube"
	"kubemate.io/kubemate/internal/core/live"
)

// clusterFamilies tell of the contact with each cluster.
type clusterFamilies struct{ connected, contact, expiry family }

func newClusterFamilies() clusterFamilies {
	return clusterFamilies{
		connected: gauge("cluster_connected", "Whether the API server of a cluster answers (1) or not (0).", "cluster"),
		contact:   gauge("cluster_last_contact_timestamp_seconds", "When the API server answered last.", "cluster"),
		expiry:    gauge("cluster_certificate_expiry_timestamp_seconds", "When the API server's certificate ends.", "cluster"),
	}
}

func (f clusterFamilies) all() []family { return []family{f.connected, f.contact, f.expiry} }

func (f clusterFamilies) collect(send sender, clusters []kube.Cluster) {
	for _, c := range clusters {
		h := c.Health()
		connected := 0.0
		if h.Connected {
			connected = 1
		}
		send(f.connected, connected, c.Name())
		sendTime(send, f.contact, h.LastContact, c.Name())
		sendTime(send, f.expiry, h.CertificateExpiry, c.Name())
	}
}

// sendTime leaves out what did not happen yet.
func sendTime(send sender, f family, t time.Time, labels ...string) {
	if !t.IsZero() {
		send(f, float64(t.UnixMilli())/1e3, labels...)
	}
}

// cacheFamilies tell of the fleet cache.
type cacheFamilies struct{ kinds, objects, bytes, lists, watches, failures, heard, stale family }

func newCacheFamilies() cacheFamilies {
	return cacheFamilies{
		kinds:    gauge("fleet_kinds", "Kinds that are watched.", "cluster"),
		objects:  gauge("fleet_objects", "Objects in the cache.", "cluster", "resource"),
		bytes:    gauge("fleet_object_bytes", "Size of the cached objects as they are kept, packed; columns and indexes come on top.", "cluster", "resource"),
		lists:    counter("fleet_lists_total", "Full lists that were begun since the kind is watched.", "cluster", "resource"),
		watches:  counter("fleet_watches_total", "Watches that were opened since the kind is watched.", "cluster", "resource"),
		failures: counter("fleet_failures_total", "Lists and watches that failed since the kind is watched.", "cluster", "resource"),
		heard:    gauge("fleet_last_event_timestamp_seconds", "When the API server sent something about the kind last, bookmarks included.", "cluster", "resource"),
		stale:    gauge("fleet_stale_seconds", "For how long the cache has not followed the API server; 0 while it does.", "cluster", "resource"),
	}
}

func (f cacheFamilies) all() []family {
	return []family{f.kinds, f.objects, f.bytes, f.lists, f.watches, f.failures, f.heard, f.stale}
}

func (f cacheFamilies) collect(send sender, all []fleet.Stats) {
	kinds := map[string]int{}
	for _, s := range all {
		kinds[s.Cluster]++
		send(f.objects, float64(s.Objects), s.Cluster, s.Resource)
		send(f.bytes, float64(s.Bytes), s.Cluster, s.Resource)
		send(f.lists, float64(s.Lists), s.Cluster, s.Resource)
		send(f.watches, float64(s.Watches), s.Cluster, s.Resource)
		send(f.failures, float64(s.Failures), s.Cluster, s.Resource)
		send(f.stale, s.Stale.Seconds(), s.Cluster, s.Resource)
		sendTime(send, f.heard, s.Heard, s.Cluster, s.Resource)
	}
	for cluster, n := range kinds {
		send(f.kinds, float64(n), cluster)
	}
}

// hubFamilies tell of the live connections.
type hubFamilies struct{ connections, ended, subscriptions, updates, resyncs, coalesced family }

func newHubFamilies() hubFamilies {
	return hubFamilies{
		connections:   gauge("live_connections", "Open live connections: one per tab."),
		ended:         counter("live_connections_ended_total", "Live connections that ended, by reason.", "reason"),
		subscriptions: gauge("live_subscriptions", "What live connections follow: tables, objects, jobs.", "of"),
		updates:       counter("live_updates_total", "Messages of subscriptions that were written.", "kind"),
		resyncs:       counter("live_resyncs_total", "Whole pages for clients that had one: they fell behind, or see other rows now."),
		coalesced:     counter("live_coalesced_total", "Messages about objects and jobs that newer ones replaced before a client took them."),
	}
}

func (f hubFamilies) all() []family {
	return []family{f.connections, f.ended, f.subscriptions, f.updates, f.resyncs, f.coalesced}
}

func (f hubFamilies) collect(send sender, s live.Stats) {
	send(f.connections, float64(s.Connections))
	for reason, n := range s.Ended {
		send(f.ended, float64(n), reason)
	}
	for of, n := range s.Subscriptions {
		send(f.subscriptions, float64(n), of)
	}
	for kind, n := range s.Updates {
		send(f.updates, float64(n), kind)
	}
	send(f.resyncs, float64(s.Resyncs))
	send(f.coalesced, float64(s.Coalesced))
}
