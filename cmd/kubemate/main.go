// Command kubemate is the platform's server, its launcher and its command line.
package main

func main() {}
