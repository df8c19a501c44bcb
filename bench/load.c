/*
 * Load generator for the lab protocol: one thread, epoll, far faster than the servers it measures.
 *
 *   load saturate PORT CONNECTIONS DEPTH SECONDS WARMUP   closed loop, DEPTH getdirs per write
 *   load connect  PORT CONCURRENCY SECONDS WARMUP         connect, getdir, close, again
 *   load burst    PORT CONNECTIONS PATIENCE               all at once, one getdir each, close
 *   load idle     PORT CONNECTIONS                        hold them until stdin ends, then check some
 *
 * The target is always 127.0.0.1. Prints one JSON line (idle: a "ready" line first). Times are in us.
 */
#define _GNU_SOURCE
#include "load_stats.h"
#include <sys/epoll.h>

#define MAX_DEPTH 64
#define OPENING_WINDOW 8        /* connections under way while opening: the usual backlog is 10 */
#define GIVE_UP_AFTER 20        /* failures in a row while opening: the server is dead or full */
#define PATIENCE_US 20000000ULL /* a reply later than this is a failure */
#define SOURCES 8               /* source addresses 127.0.0.1-8: TIME_WAIT must not use up the ports */
#define DISCARD_OVER 16384      /* listing bytes left from which the kernel drops them unread */

enum state { CLOSED, CONNECTING, WAITING, RESTING };

struct conn {
  int fd;
  enum state state;
  int replies_left;      /* of the batch under way */
  int header_have;       /* bytes of the 8-byte length that came */
  uint64_t body_left;
  uint64_t since;        /* when the batch (or the connect) began */
  uint64_t worst, served;
  uint8_t header[8];
};

static int epoll_fd, length_known;
static uint64_t expected_length;
static uint8_t requests[MAX_DEPTH], buffer[1 << 18];
static struct conn *conns;

static void drop(struct conn *c) {
  if (c->state != CLOSED) close(c->fd);
  c->state = CLOSED;
}

static void fail(struct conn *c) {
  failures++;
  drop(c);
}

static int ask(struct conn *c, int count) {
  c->replies_left = count;
  c->header_have = 0;
  c->body_left = 0;
  c->state = WAITING;
  return send(c->fd, requests, count, MSG_NOSIGNAL) == count;
}

static int socket_from_next_source(int flags) {
  static unsigned turn;
  int fd = socket(AF_INET, SOCK_STREAM | flags, 0);
  if (fd < 0) die("open a socket (see ulimit -n)");
  int on = 1;
  setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
  struct sockaddr_in from = {.sin_family = AF_INET};
  from.sin_addr.s_addr = htonl(INADDR_LOOPBACK + turn++ % SOURCES);
  if (bind(fd, (struct sockaddr *)&from, sizeof from)) die("bind a source address");
  return fd;
}

/* Starts a connection; `since` begins here. */
static void begin(struct conn *c) {
  c->fd = socket_from_next_source(SOCK_NONBLOCK);
  c->state = CONNECTING;
  c->since = now_us();
  c->served = c->worst = 0;
  if (connect_to_port(c->fd) && errno != EINPROGRESS) {
    fail(c);
    return;
  }
  /* On loopback the handshake is over by now unless the backlog is full: saves three calls. */
  struct epoll_event e = {.events = ask(c, 1) ? EPOLLIN : EPOLLOUT, .data.ptr = c};
  if (e.events == EPOLLOUT) c->state = CONNECTING;
  epoll_ctl(epoll_fd, EPOLL_CTL_ADD, c->fd, &e);
}

/* The handshake ended: sends the first request. */
static void connected(struct conn *c) {
  int error = 0;
  socklen_t size = sizeof error;
  getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &error, &size);
  struct epoll_event e = {.events = EPOLLIN, .data.ptr = c};
  epoll_ctl(epoll_fd, EPOLL_CTL_MOD, c->fd, &e);
  if (error || !ask(c, 1)) fail(c);
}

/* Eats bytes of replies. Returns 0 if they are not what they must be. */
static int eat(struct conn *c, const uint8_t *p, uint64_t n) {
  while (n > 0) {
    if (c->replies_left == 0) return 0;
    if (c->header_have < 8) {
      c->header[c->header_have++] = *p++;
      n--;
      if (c->header_have < 8) continue;
      uint64_t length = 0;
      for (int i = 0; i < 8; i++) length = length << 8 | c->header[i];
      if (!length_known) {
        expected_length = length;
      reply_bytes = length + 8;
        length_known = 1;
      }
      if (length != expected_length) return 0;
      c->body_left = length;
    }
    uint64_t part = n < c->body_left ? n : c->body_left;
    p += part;
    n -= part;
    c->body_left -= part;
    if (c->body_left == 0) {
      c->replies_left--;
      c->header_have = 0;
      c->served += measuring;
    }
  }
  return 1;
}

/* Reads what is there. Returns 1 when the batch is complete, -1 when the connection failed. */
static int read_replies(struct conn *c) {
  ssize_t n;
  if (c->header_have == 8 && c->body_left >= DISCARD_OVER) {
    n = recv(c->fd, NULL, c->body_left - 1, MSG_TRUNC);
    if (n > 0) c->body_left -= n;
  } else {
    /* Headers are always read; of a long listing only as much as comes with the header. */
    size_t size = expected_length >= DISCARD_OVER ? 4096 : sizeof buffer;
    n = recv(c->fd, buffer, size, 0);
    if (n > 0 && !eat(c, buffer, n)) {
      fprintf(stderr, "A reply has not the length of the first one.\n");
      fail(c);
      return -1;
    }
  }
  if (n < 0 && (errno == EAGAIN || errno == EINTR)) return 0;
  if (n <= 0) {
    fail(c);
    return -1;
  }
  return c->replies_left == 0;
}

/* Opens `count` connections kindly, each proven by one getdir. Returns the most that were open. */
static int open_all(int count) {
  struct epoll_event events[64];
  int begun = 0, busy = 0, in_a_row = 0, good = 0, most = 0;
  while ((begun < count && in_a_row < GIVE_UP_AFTER) || busy > 0) {
    while (begun < count && busy < OPENING_WINDOW && in_a_row < GIVE_UP_AFTER) {
      begin(&conns[begun]);
      if (conns[begun++].state == CLOSED) in_a_row++;
      else busy++;
    }
    int n = epoll_wait(epoll_fd, events, 64, 1000);
    for (int i = 0; i < n; i++) {
      struct conn *c = events[i].data.ptr;
      enum state before = c->state;
      if (before == CONNECTING) connected(c);
      else if (before == WAITING && read_replies(c) == 1) c->state = RESTING;
      else if (before == RESTING) { /* closed by the server, or talking unasked */
        fail(c);
        good--;
        continue;
      }
      if (c->state == RESTING || c->state == CLOSED) busy--;
      if (c->state == RESTING) good++, in_a_row = 0;
      if (good > most) most = good;
      if (c->state == CLOSED) in_a_row++;
    }
    uint64_t now = now_us();
    for (int i = 0; n == 0 && i < begun; i++)
      if ((conns[i].state == CONNECTING || conns[i].state == WAITING) &&
          now - conns[i].since > PATIENCE_US)
        fail(&conns[i]), busy--, in_a_row++;
  }
  return most;
}

#include "load_modes.h"

int main(int argc, char **argv) {
  const char *mode = argc > 1 ? argv[1] : "";
  int needed = !strcmp(mode, "saturate") ? 7
               : !strcmp(mode, "connect") ? 6
               : !strcmp(mode, "burst")   ? 5
                                          : 4;
  const char *target = argc > 2 ? argv[2] : "";
  const char *colon = strchr(target, ':');
  if (colon && strncmp(target, "127.0.0.1:", 10)) {
    fprintf(stderr, "Cannot load \"%s\": the only target allowed is 127.0.0.1.\n", target);
    return 2;
  }
  port = atoi(colon ? colon + 1 : target);
  int count = argc > 3 ? atoi(argv[3]) : 0;
  if (argc != needed || port < 1 || port > 65535 || count < 1) {
    fprintf(stderr, "Usage: load saturate PORT CONNECTIONS DEPTH SECONDS WARMUP\n"
                    "       load connect PORT CONCURRENCY SECONDS WARMUP\n"
                    "       load burst PORT CONNECTIONS PATIENCE\n"
                    "       load idle PORT CONNECTIONS\n");
    return 2;
  }
  memset(requests, 1, sizeof requests);
  conns = calloc(count, sizeof *conns);
  epoll_fd = epoll_create1(0);
  if (!conns || epoll_fd < 0) die("start");
  if (!strcmp(mode, "saturate")) {
    depth = atoi(argv[4]);
    if (depth < 1 || depth > MAX_DEPTH) {
      fprintf(stderr, "Cannot send %d deep: 1 to %d.\n", depth, MAX_DEPTH);
      return 2;
    }
    return saturate(count, atof(argv[5]), atof(argv[6]));
  }
  if (!strcmp(mode, "connect")) return connect_loop(count, atof(argv[4]), atof(argv[5]));
  if (!strcmp(mode, "burst")) return burst(count, atof(argv[4]));
  if (!strcmp(mode, "idle")) return idle(count);
  fprintf(stderr, "There is no mode \"%s\".\n", mode);
  return 2;
}
