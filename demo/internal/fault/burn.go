package fault

import (
	"context"
	"math"
	"sync"
	"time"
)

// period is the length of one turn of work and rest.
const period = 20 * time.Millisecond

// burn keeps cores processors busy until the context ends.
func burn(ctx context.Context, cores float64) {
	var wg sync.WaitGroup
	for left := cores; left > 0; left-- {
		share := math.Min(left, 1)
		wg.Go(func() {
			for ctx.Err() == nil {
				work := time.Duration(share * float64(period))
				spin(work)
				if rest := period - work; rest > 0 && !sleep(ctx, rest) {
					return
				}
			}
		})
	}
	wg.Wait()
}

// spin computes for about d.
func spin(d time.Duration) {
	x := uint64(1)
	for end := time.Now().Add(d); time.Now().Before(end); {
		for range 10_000 {
			x = mix(x)
		}
	}
}
