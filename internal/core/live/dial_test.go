package live

import (
	"context"
	"net"
	"net/http"
)

func clientWith(dial func(ctx context.Context, network, address string) (net.Conn, error)) *http.Client {
	return &http.Client{Transport: &http.Transport{DialContext: dial}}
}
