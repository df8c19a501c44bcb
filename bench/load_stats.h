/*
 * What the load generators share: the clock, the latencies, a connection to 127.0.0.1, the report.
 * Times are in us.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define FINE_US 100000          /* histogram: 1 us steps up to here, then 1 ms steps */
#define COARSE_MS 120000
#define DRAIN_US 10000000ULL    /* after the measured time: how long answers may still come */

static int port, depth = 1, measuring;
static uint64_t failures, batches, opened, slowest, reply_bytes;
static uint32_t fine[FINE_US], coarse[COARSE_MS];

static uint64_t now_us(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static uint64_t cpu_us(void) {
  struct rusage r;
  getrusage(RUSAGE_SELF, &r);
  return (uint64_t)(r.ru_utime.tv_sec + r.ru_stime.tv_sec) * 1000000 + r.ru_utime.tv_usec +
         r.ru_stime.tv_usec;
}

static void die(const char *what) {
  fprintf(stderr, "Cannot %s: %s.\n", what, strerror(errno));
  exit(1);
}

static void record(uint64_t us) {
  batches++;
  if (us > slowest) slowest = us;
  if (us < FINE_US) fine[us]++;
  else coarse[us / 1000 < COARSE_MS ? us / 1000 : COARSE_MS - 1]++;
}

static uint64_t percentile(double share) {
  uint64_t wanted = (uint64_t)(share * batches), seen = 0;
  for (int i = 0; i < FINE_US; i++)
    if ((seen += fine[i]) > wanted) return i;
  for (int i = 0; i < COARSE_MS; i++)
    if ((seen += coarse[i]) > wanted) return (uint64_t)i * 1000;
  return slowest;
}

/* Always 127.0.0.1. */
static int connect_to_port(int fd) {
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port)};
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return connect(fd, (struct sockaddr *)&to, sizeof to);
}

static void report(const char *mode, int count, uint64_t served, uint64_t wall, uint64_t cpu,
                   uint64_t fewest, uint64_t most, uint64_t worst) {
  printf("{\"mode\":\"%s\",\"connections\":%d,\"depth\":%d,\"opened\":%lu,\"replyBytes\":%lu,"
         "\"requests\":%lu,\"seconds\":%.3f,\"rate\":%.1f,\"p50\":%lu,\"p99\":%lu,\"max\":%lu,"
         "\"worstConnection\":%lu,\"fewest\":%lu,\"most\":%lu,\"failures\":%lu,\"cpu\":%.3f}\n",
         mode, count, depth, opened, reply_bytes, served, wall / 1e6,
         wall ? served * 1e6 / wall : 0, percentile(0.5), percentile(0.99), slowest, worst, fewest,
         most, failures, wall ? (double)cpu / wall : 0);
}
