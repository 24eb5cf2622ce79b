package httpapi

import "time"

// Limits bounds what one request and one client may cost. The zero value of a field
// means the default that stands beside it.
type Limits struct {
	Body            int64         // bytes of a request body, 4 MiB; an operation may set MaxBodyBytes
	BodyTime        time.Duration // to read the whole body, 30 s
	RequestTime     time.Duration // for a whole request that is no stream, 60 s
	HeaderTime      time.Duration // to read the header, 10 s
	IdleTime        time.Duration // of a kept connection, 2 min
	HeaderBytes     int           // 64 KiB
	SessionRate     float64       // requests a second for one session, 100
	SessionBurst    int           // 300
	AddressRate     float64       // requests a second without sign-in for one address, 20
	AddressBurst    int           // 60
	CompressAtBytes int           // answers of at least so many bytes are compressed, 1 KiB
}

// withDefaults fills in the defaults.
func (l Limits) withDefaults() Limits {
	l.Body = orDefault(l.Body, 4<<20)
	l.BodyTime = orDefault(l.BodyTime, 30*time.Second)
	l.RequestTime = orDefault(l.RequestTime, time.Minute)
	l.HeaderTime = orDefault(l.HeaderTime, 10*time.Second)
	l.IdleTime = orDefault(l.IdleTime, 2*time.Minute)
	l.HeaderBytes = orDefault(l.HeaderBytes, 64<<10)
	l.SessionRate = orDefault(l.SessionRate, 100)
	l.SessionBurst = orDefault(l.SessionBurst, 300)
	l.AddressRate = orDefault(l.AddressRate, 20)
	l.AddressBurst = orDefault(l.AddressBurst, 60)
	l.CompressAtBytes = orDefault(l.CompressAtBytes, 1<<10)
	return l
}

func orDefault[T comparable](v, def T) T {
	var zero T
	if v == zero {
		return def
	}
	return v
}
