package kube

import "time"

// Health is what is known of the contact with a cluster.
type Health struct {
	Connected   bool          `json:"connected"`
	Since       time.Time     `json:"since" doc:"When the state began"`
	LastContact time.Time     `json:"lastContact" doc:"Last answer of the API server"`
	RoundTrip   time.Duration `json:"roundTrip" doc:"Duration of the last /readyz, nanoseconds"`
	Version     string        `json:"version" doc:"gitVersion of the API server"`
	APIServer   string        `json:"apiServer,omitempty" doc:"Address of the API server"`
	// CertificateExpiry is when the serving certificate ends, zero until it was seen (or over HTTP).
	CertificateExpiry time.Time `json:"certificateExpiry,omitzero"`
	Problem           string    `json:"problem,omitempty" doc:"Why it is not connected, and what to do"`
}
