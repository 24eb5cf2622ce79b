// Command workload is what the node's tests run in pods: it serves HTTP, writes its folder and says so.
package main

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	switch {
	case len(os.Args) > 1 && os.Args[1] == "pause":
		wait()
		return
	case len(os.Args) > 2 && os.Args[1] == "get":
		get(os.Args[2])
		return
	}
	if dir := os.Getenv("DATA_DIR"); dir != "" {
		f, err := os.OpenFile(dir+"/starts", os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
		if err != nil {
			fmt.Println("data folder:", err)
			os.Exit(1)
		}
		_, err = fmt.Fprintln(f, "started")
		if err := errors.Join(err, f.Close()); err != nil {
			fmt.Println("data folder:", err)
			os.Exit(1)
		}
	}
	http.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		data, _ := os.ReadFile(os.Getenv("DATA_DIR") + "/starts")
		fmt.Fprintf(w, "hello %d\n", len(data))
	})
	server := &http.Server{Addr: ":8080", ReadHeaderTimeout: 5 * time.Second}
	go func() {
		fmt.Println("workload serves")
		if err := server.ListenAndServe(); err != nil {
			fmt.Println(err)
		}
	}()
	wait()
}

func wait() {
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM, syscall.SIGINT)
	<-stop
}

// get asks until it gets an answer.
func get(url string) {
	client := &http.Client{Timeout: 2 * time.Second}
	for {
		res, err := client.Get(url)
		if err == nil {
			fmt.Println("got", res.Status)
			_ = res.Body.Close()
			return
		}
		fmt.Println(err)
		time.Sleep(200 * time.Millisecond)
	}
}
