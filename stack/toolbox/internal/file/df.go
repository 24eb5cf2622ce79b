package file

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"strings"
	"syscall"
	"text/tabwriter"

	"github.com/dustin/go-humanize"

	"kubemate.io/kubemate/stack/toolbox/internal/applet"
)

// df prints the size and use of the file systems that are mounted, or of those
// that hold the named files.
func df(_ context.Context, std applet.Std, args []string) error {
	fs := applet.Flags(std, "df", "[-h] [FILE...]")
	human := fs.BoolP("human-readable", "", false, "sizes with units instead of KiB")
	short := fs.BoolP("human", "h", false, "the same")
	if err := fs.Parse(args); err != nil {
		return err
	}
	points := fs.Args()
	if len(points) == 0 {
		var err error
		if points, err = mountPoints(); err != nil {
			return err
		}
	}
	size := func(n uint64) string {
		if *human || *short {
			return humanize.IBytes(n)
		}
		return fmt.Sprint(n / 1024)
	}
	table := tabwriter.NewWriter(std.Out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "SIZE\tUSED\tAVAILABLE\tUSE\tMOUNTED ON")
	for _, point := range points {
		var s syscall.Statfs_t
		if err := syscall.Statfs(point, &s); err != nil {
			fmt.Fprintf(std.Err, "df: %s: %v\n", point, err)
			continue
		}
		if s.Blocks == 0 {
			continue // proc, sysfs and the like
		}
		block := uint64(s.Bsize)
		used := (s.Blocks - s.Bfree) * block
		share := used * 100 / (used + s.Bavail*block)
		fmt.Fprintf(table, "%s\t%s\t%s\t%d%%\t%s\n", size(s.Blocks*block), size(used), size(s.Bavail*block), share, point)
	}
	return table.Flush()
}

func mountPoints() ([]string, error) {
	f, err := os.Open("/proc/self/mounts")
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	var points []string
	scanner := bufio.NewScanner(f)
	for scanner.Scan() {
		if fields := strings.Fields(scanner.Text()); len(fields) > 1 {
			points = append(points, fields[1])
		}
	}
	return points, scanner.Err()
}
