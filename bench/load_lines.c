/*
 * Load generator for any protocol whose answers are lines (the session protocol, Redis), and for
 * changes of the lab protocol, which have no answer: a getdir behind them waits until they are made.
 *
 *   load_lines PORT CONNECTIONS DEPTH SECONDS WARMUP lines   GREETING EXPECTED REQUEST...
 *   load_lines PORT CONNECTIONS DEPTH SECONDS WARMUP listing ""       EXPECTED MAKE DELETE
 *   load_lines fsync FILE SECONDS       what the disk can do: append 100 bytes, fdatasync, again
 *
 * Each connection sends GREETING (if any), waits for its answer, then sends DEPTH requests in one
 * write and the next DEPTH when all are answered, by turns of each REQUEST. A run of # in a request
 * stands for the last digits of a number that is new for each turn. Every answer must contain EXPECTED.
 * The target is always 127.0.0.1. Prints one JSON line. Times are in us.
 */
#define _GNU_SOURCE
#include "load_stats.h"
#include <fcntl.h>
#include <sys/epoll.h>

#define MAX_DEPTH 64
#define MAX_ANSWER (1 << 17)    /* the longest listing that is asked for here is half of it */
#define MAX_BATCH (1 << 16)
#define MAX_REQUESTS 4
#define OPENING_PATIENCE_S 20   /* a connection or greeting that takes longer is a failure */
#define NUMBERS 50000000        /* where to begin: a run must not meet what an earlier one left */

struct conn {
  int fd, closed, left, turn; /* answers to come; which request is next */
  uint64_t number, since, worst, served;
  size_t have;
  char *answer;
};

static int requests, listing;
static uint64_t counter;
static size_t lengths[MAX_REQUESTS], expected_length;
static const char *texts[MAX_REQUESTS], *greeting, *expected;
static char batch[MAX_BATCH];

static void fail(struct conn *c, const char *why, size_t length) {
  if (failures++ == 0) fprintf(stderr, "%.*s\n", (int)(length < 300 ? length : 300), why);
  close(c->fd);
  c->closed = 1;
}

/* Writes a text with its # replaced. Returns what is behind it. */
static char *fill(char *to, const char *text, size_t length, uint64_t number) {
  memcpy(to, text, length);
  uint64_t rest = number;
  for (char *p = to + length - 1; p >= to; p--) {
    if (*p != '#') rest = number;
    else *p = '0' + rest % 10, rest /= 10;
  }
  return to + length;
}

static int ask(struct conn *c) {
  if (c->turn == 0) c->number = counter, counter += depth;
  char *end = batch;
  for (int i = 0; i < depth; i++)
    end = fill(end, texts[c->turn], lengths[c->turn], c->number + i);
  if (listing) {
    *end++ = 1;
    for (int i = 0; i < depth; i++) end = fill(end, texts[1], lengths[1], c->number + i);
  }
  c->left = listing ? 1 : depth;
  return send(c->fd, batch, end - batch, MSG_NOSIGNAL) == end - batch;
}

/* Looks at one whole answer. Returns 0 if it is not what it must be. */
static int take(struct conn *c, const char *answer, size_t length, uint64_t now) {
  char wanted[256];
  fill(wanted, expected, expected_length, c->number + depth - 1);
  if (!memmem(answer, length, wanted, expected_length)) return 0;
  reply_bytes = length;
  c->left--;
  if (!measuring) return 1;
  c->served += listing ? 2 * depth : 1;
  record(now - c->since);
  if (now - c->since > c->worst) c->worst = now - c->since;
  return 1;
}

/* How long the first answer of what was read is; 0 if it is not whole. */
static size_t first_answer(const char *p, size_t have) {
  if (!listing) {
    const char *end = memchr(p, '\n', have);
    return end ? end - p + 1 : 0;
  }
  uint64_t length = 8;
  for (int i = 0; i < 8 && have >= 8; i++) length += (uint64_t)(uint8_t)p[i] << (56 - 8 * i);
  return have >= length ? length : 0;
}

/* Reads what is there. Returns 1 when the batch is complete, -1 when the connection failed. */
static int read_answers(struct conn *c) {
  ssize_t n = recv(c->fd, c->answer + c->have, MAX_ANSWER - c->have, 0);
  if (n < 0 && (errno == EAGAIN || errno == EINTR)) return 0;
  const char *why = "The server closed the connection.";
  if (n <= 0) return fail(c, why, strlen(why)), -1;
  c->have += n;
  uint64_t now = now_us();
  size_t at = 0, length;
  while ((length = first_answer(c->answer + at, c->have - at)) > 0) {
    if (c->left == 0 || !take(c, c->answer + at, length, now))
      return fail(c, c->answer + at, length), -1;
    at += length;
  }
  memmove(c->answer, c->answer + at, c->have -= at);
  why = "An answer is too long.";
  if (c->have == MAX_ANSWER) return fail(c, why, strlen(why)), -1;
  return c->left == 0;
}

static void open_one(struct conn *c, int epoll_fd) {
  c->fd = socket(AF_INET, SOCK_STREAM, 0); /* from 127.0.0.1: Redis refuses 127.0.0.2 as a stranger */
  if (c->fd < 0) die("open a socket (see ulimit -n)");
  c->answer = malloc(MAX_ANSWER);
  if (!c->answer) die("start");
  struct timeval patience = {.tv_sec = OPENING_PATIENCE_S};
  setsockopt(c->fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  setsockopt(c->fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  ssize_t size = strlen(greeting);
  int good = connect_to_port(c->fd) == 0;
  if (good && size > 0) {
    good = send(c->fd, greeting, size, MSG_NOSIGNAL) == size;
    ssize_t n = good ? recv(c->fd, c->answer, MAX_ANSWER, 0) : -1; /* a short line comes at once */
    good = n > 0 && c->answer[n - 1] == '\n' && memmem(c->answer, n, "\"result\"", 8);
  }
  const char *why = "A connection was not opened or not greeted.";
  if (!good) {
    fail(c, why, strlen(why));
    return;
  }
  opened++;
  fcntl(c->fd, F_SETFL, O_NONBLOCK);
  struct epoll_event e = {.events = EPOLLIN, .data.ptr = c};
  epoll_ctl(epoll_fd, EPOLL_CTL_ADD, c->fd, &e);
}

static int run(int count, double seconds, double warmup) {
  struct epoll_event events[512];
  struct conn *conns = calloc(count, sizeof *conns);
  int epoll_fd = epoll_create1(0), busy = 0;
  if (!conns || epoll_fd < 0) die("start");
  for (int i = 0; i < count; i++) open_one(&conns[i], epoll_fd);
  uint64_t from = now_us() + warmup * 1e6, to = from + seconds * 1e6, cpu = 0, wall = 0, end = to;
  const char *why = "A request could not be sent.";
  for (int i = 0; i < count; i++) {
    if (conns[i].closed) continue;
    conns[i].since = now_us();
    if (ask(&conns[i])) busy++;
    else fail(&conns[i], why, strlen(why));
  }
  while (busy > 0) {
    int n = epoll_wait(epoll_fd, events, 512, 100);
    uint64_t now = now_us();
    if (!measuring && !wall && now >= from) {
      measuring = 1;
      from = now;
      cpu = cpu_us();
    }
    if (measuring && now >= to) {
      measuring = 0;
      cpu = cpu_us() - cpu;
      wall = now - from;
      end = now;
      for (int i = 0; i < count; i++) /* who still waits has waited at least this long */
        if (!conns[i].closed && now - conns[i].since > conns[i].worst)
          conns[i].worst = now - conns[i].since;
    }
    if (now > end + DRAIN_US) break;
    for (int i = 0; i < n; i++) {
      struct conn *c = events[i].data.ptr;
      int done = read_answers(c);
      if (done == 0) continue;
      busy--;
      if (done < 0) continue;
      c->turn = listing ? 0 : (c->turn + 1) % requests;
      c->since = now_us();
      if (wall && c->turn == 0) { /* not earlier: what was made must be deleted */
        close(c->fd);
        c->closed = 1;
      } else if (ask(c)) busy++;
      else fail(c, why, strlen(why));
    }
  }
  failures += busy;
  uint64_t fewest = UINT64_MAX, most = 0, served = 0, worst = 0;
  for (int i = 0; i < count; i++) {
    served += conns[i].served;
    if (conns[i].served < fewest) fewest = conns[i].served;
    if (conns[i].served > most) most = conns[i].served;
    if (conns[i].worst > worst) worst = conns[i].worst;
  }
  report(listing ? "listing" : "lines", count, served, wall, cpu, fewest, most, worst);
  return 0;
}

static int sync_loop(const char *file, double seconds) {
  int fd = open(file, O_WRONLY | O_CREAT | O_TRUNC, 0600);
  if (fd < 0) die("create the file");
  char record_bytes[100] = {0};
  uint64_t start = now_us(), cpu = cpu_us(), before = start, now = start;
  while (now - start < seconds * 1e6) {
    if (write(fd, record_bytes, sizeof record_bytes) < 0 || fdatasync(fd)) die("write the file");
    now = now_us();
    record(now - before);
    before = now;
  }
  close(fd);
  unlink(file);
  report("fsync", 1, batches, now - start, cpu_us() - cpu, batches, batches, slowest);
  return 0;
}

int main(int argc, char **argv) {
  if (argc == 4 && !strcmp(argv[1], "fsync")) return sync_loop(argv[2], atof(argv[3]));
  requests = argc - 9;
  if (requests < 1 || requests > MAX_REQUESTS || strlen(argv[8]) > 255) {
    fprintf(stderr, "Usage: load_lines PORT CONNECTIONS DEPTH SECONDS WARMUP lines|listing GREETING "
                    "EXPECTED REQUEST...\n       load_lines fsync FILE SECONDS\n");
    return 2;
  }
  port = atoi(argv[1]);
  int count = atoi(argv[2]);
  depth = atoi(argv[3]);
  listing = !strcmp(argv[6], "listing");
  greeting = argv[7];
  expected = argv[8];
  expected_length = strlen(expected);
  counter = now_us() % NUMBERS;
  size_t size = 1;
  for (int i = 0; i < requests; i++) {
    texts[i] = argv[9 + i];
    lengths[i] = strlen(texts[i]);
    size += lengths[i] * MAX_DEPTH;
  }
  if (port < 1 || port > 65535 || count < 1 || depth < 1 || depth > MAX_DEPTH || size > MAX_BATCH ||
      (listing && requests != 2)) {
    fprintf(stderr, "Cannot send that: wrong port, connections, depth (1-%d) or requests.\n",
            MAX_DEPTH);
    return 2;
  }
  return run(count, atof(argv[4]), atof(argv[5]));
}
