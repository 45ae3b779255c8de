/* The load generator of hubbub's benchmark: many IRC clients in one thread.
 *
 * It owns the connections, the traffic and the counting.  It knows no server in particular, starts none
 * and reads nobody's CPU time: the Python driver beside this file does, and talks to it over pipes.
 *
 *   load fanout|direct|connect --port P --connections N [--name value ...]
 *
 * It connects and registers everybody, prints one JSON line ("event":"setup"), then obeys standard input:
 * each line "turn SECONDS" is one measured stretch of traffic, answered by one JSON line ("event":"turn").
 * End of input ends the program; its exit status is 0 only if nothing at all was off.
 *
 * Every message says which stream it belongs to, its number in that stream and when it was (to be) sent.
 * Every line that arrives is put into exactly one class, see classify().  Linux only (epoll, timerfd).
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#ifndef IP_BIND_ADDRESS_NO_PORT
#define IP_BIND_ADDRESS_NO_PORT 24
#endif

#define SECOND 1000000000ull
/* Seconds: where a server's queue of new connections overflows, TCP asks again after 1, 3, 7, 15. */
#define SYN_RETRIES 20

/* ---------------------------------------------------------------- what to do */

typedef enum { FANOUT, DIRECT, CONNECT } kind;

static struct {
	kind scenario;
	const char *host, *password, *caps, *nick, *channel;
	double port, connections, senders, window, burst, rate, size, sources, storm, joins, stall, settle, websocket;
} want = {.host = "127.0.0.1", .password = "", .caps = "", .nick = "bch", .channel = "#bench", .port = 6667,
          .connections = 100, .senders = 10, .window = 16, .burst = 1, .rate = 0, .size = 100, .sources = 1,
          .storm = 64, .joins = 16, .stall = 5, .settle = 0.2};

static const struct {
	const char *name;
	const char **text;
	double *number;
} options[] = {
    {"--host", &want.host, NULL},          {"--password", &want.password, NULL},
    {"--caps", &want.caps, NULL},          {"--nick", &want.nick, NULL},
    {"--channel", &want.channel, NULL},    {"--port", NULL, &want.port},
    {"--connections", NULL, &want.connections}, {"--senders", NULL, &want.senders},
    {"--window", NULL, &want.window},      {"--burst", NULL, &want.burst},
    {"--rate", NULL, &want.rate},          {"--size", NULL, &want.size},
    {"--sources", NULL, &want.sources},    {"--storm", NULL, &want.storm},
    {"--joins", NULL, &want.joins},        {"--stall", NULL, &want.stall},
    {"--settle", NULL, &want.settle},      {"--websocket", NULL, &want.websocket},
};

/* ---------------------------------------------------------------- who takes part */

typedef enum { CONNECTING, REGISTERING, READY, DEAD } state;

/* Numbers of one stream that one receiver has skipped so far: they are late or lost. */
typedef struct gap {
	uint32_t stream, from, to;
	struct gap *next;
} gap;

typedef struct {
	int fd, index, stream; /* stream: the one it sends, or -1 */
	state state;
	bool welcomed, acknowledged, joined, wants_write, framed; /* framed: the WebSocket stands */
	uint64_t started;
	char *partial, *out; /* an unfinished line read; bytes not yet written */
	size_t partial_len, partial_cap, out_len, out_done, out_cap;
	uint32_t *next; /* per stream it receives: the number expected */
	gap *gaps;
} client;

typedef struct {
	client *sender;
	char nick[32], head[128]; /* head: what comes before the text, "PRIVMSG #bench :" */
	size_t nick_len, head_len;
	uint32_t sent, receivers;
	uint64_t delivered;
} stream;

static client *clients;
static stream *streams;
static int client_count, stream_count, ready_count, acknowledged_count, joined_count, dead_count;
static int poller, pace_timer;
static bool echo; /* the server sends our own messages back (capability echo-message) */

/* ---------------------------------------------------------------- what happened */

typedef struct {
	uint64_t bucket[60 * 64], count, max;
} histogram;

static struct {
	uint64_t messages, expected, delivered, extra, duplicate, misordered, corrupt, errors, bytes, reads;
	uint64_t last_arrival, late_max;
} seen;

static histogram latency;

static uint64_t now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * SECOND + (uint64_t)t.tv_nsec;
}

static double own_cpu(void)
{
	struct rusage u;
	getrusage(RUSAGE_SELF, &u);
	double micro = (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec);
	return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) + micro / 1e6;
}

__attribute__((format(printf, 1, 2), noreturn)) static void die(const char *format, ...)
{
	va_list a;
	va_start(a, format);
	fputs("load: ", stderr);
	vfprintf(stderr, format, a);
	fputc('\n', stderr);
	va_end(a);
	exit(2);
}

/* Counts everything that went wrong and shows the first few. */
static void note_error(const client *c, const char *text, int length)
{
	if (seen.errors++ < 5)
		fprintf(stderr, "load: client %d: %.*s\n", c->index, length, text);
}

static void *grown(void *old, size_t bytes)
{
	void *new = realloc(old, bytes);
	if (!new)
		die("out of memory");
	return new;
}

static void *zeroed(size_t count, size_t each)
{
	void *new = calloc(count ? count : 1, each);
	if (!new)
		die("out of memory");
	return new;
}

/* 64 linear steps per power of two: a percentile is right to 1.6 %, the maximum is exact. */
static inline void histogram_add(histogram *h, uint64_t value)
{
	uint64_t at = value;
	if (value >= 64) {
		unsigned top = 63 - (unsigned)__builtin_clzll(value);
		at = (top - 5) * 64 + ((value >> (top - 6)) & 63);
	}
	h->bucket[at]++;
	h->count++;
	if (value > h->max)
		h->max = value;
}

static double bucket_middle(uint64_t at)
{
	if (at < 64)
		return (double)at;
	unsigned shift = (unsigned)(at / 64) - 1;
	return (double)((64 + at % 64) << shift) + (double)(1ull << shift) / 2;
}

static double percentile_ms(const histogram *h, double share)
{
	uint64_t rank = (uint64_t)(share * (double)h->count), sum = 0;
	for (uint64_t at = 0; at < sizeof h->bucket / sizeof *h->bucket; at++) {
		sum += h->bucket[at];
		if (sum > rank) {
			double middle = bucket_middle(at);
			return (middle < (double)h->max ? middle : (double)h->max) / 1e6;
		}
	}
	return (double)h->max / 1e6;
}

static void print_latency(const char *name, const histogram *h)
{
	printf(",\"%s\":{\"p50\":%.4f,\"p95\":%.4f,\"p99\":%.4f,\"max\":%.4f}", name, percentile_ms(h, .5),
	       percentile_ms(h, .95), percentile_ms(h, .99), (double)h->max / 1e6);
}

/* ---------------------------------------------------------------- payloads */

/* stream, number, time in nanoseconds, check digits; six bits a digit, '0' to 'o'; then the filler */
enum { STREAM_AT = 0, NUMBER_AT = 3, TIME_AT = 8, CHECK_AT = 18, FILLER_AT = 20 };
enum { FILLER_PERIOD = 53, LONGEST = 400 };

/* Read from a different start for every message, so that mixing two messages up shows. */
static char filler[LONGEST + FILLER_PERIOD];

typedef struct {
	uint32_t stream, number;
	uint64_t time;
} label;

static inline void put_digits(char *p, uint64_t value, int digits)
{
	for (int i = digits - 1; i >= 0; i--, value >>= 6)
		p[i] = (char)('0' + (value & 63));
}

static inline uint64_t get_digits(const char *p, int digits)
{
	uint64_t value = 0;
	for (int i = 0; i < digits; i++)
		value = value << 6 | ((uint64_t)(unsigned char)p[i] - '0');
	return value;
}

static inline uint64_t check_of(label m)
{
	return ((m.time ^ m.time >> 21 ^ (uint64_t)m.number << 7 ^ m.stream) * 0x9e3779b97f4a7c15ull) >> 52;
}

static inline const char *filler_of(label m)
{
	return filler + (m.number + 7 * m.stream) % FILLER_PERIOD;
}

static inline void write_label(char *p, label m)
{
	put_digits(p + STREAM_AT, m.stream, 3);
	put_digits(p + NUMBER_AT, m.number, 5);
	put_digits(p + TIME_AT, m.time, 10);
	put_digits(p + CHECK_AT, check_of(m), 2);
}

static void write_payload(char *p, label m)
{
	write_label(p, m);
	memcpy(p + FILLER_AT, filler_of(m), (size_t)want.size - FILLER_AT);
}

/* False unless it is, byte for byte, what write_payload() writes for its label. */
static inline bool read_payload(const char *p, size_t length, label *m)
{
	if (length != (size_t)want.size)
		return false;
	m->stream = (uint32_t)get_digits(p + STREAM_AT, 3);
	m->number = (uint32_t)get_digits(p + NUMBER_AT, 5);
	m->time = get_digits(p + TIME_AT, 10);
	char again[FILLER_AT];
	write_label(again, *m);
	return !memcmp(p, again, FILLER_AT) && !memcmp(p + FILLER_AT, filler_of(*m), length - FILLER_AT);
}

/* ---------------------------------------------------------------- writing */

static void watch(client *c, bool write)
{
	struct epoll_event e = {.events = EPOLLIN | (write ? EPOLLOUT : 0), .data.ptr = c};
	if (c->wants_write != write && c->state != DEAD)
		epoll_ctl(poller, EPOLL_CTL_MOD, c->fd, &e);
	c->wants_write = write;
}

static void lose(client *c, const char *why)
{
	if (c->state == DEAD)
		return;
	note_error(c, why, (int)strlen(why));
	close(c->fd);
	c->state = DEAD;
	dead_count++;
}

static void flush(client *c)
{
	while (c->out_done < c->out_len) {
		ssize_t n = send(c->fd, c->out + c->out_done, c->out_len - c->out_done, MSG_NOSIGNAL);
		if (n < 0 && errno == EAGAIN) {
			watch(c, true);
			return;
		}
		if (n < 0) {
			lose(c, strerror(errno));
			return;
		}
		c->out_done += (size_t)n;
	}
	c->out_len = c->out_done = 0;
	watch(c, false);
}

static char *room_for(client *c, size_t bytes)
{
	if (c->out_len + bytes > c->out_cap)
		c->out = grown(c->out, c->out_cap = 2 * (c->out_len + bytes));
	char *p = c->out + c->out_len;
	c->out_len += bytes;
	return p;
}

/* With --websocket each line is a text frame (RFC 6455, 5.2), and the mask that a client must use is all zeros. */
static void put_line(client *c, const char *line, size_t length)
{
	if (want.websocket) {
		size_t head = length < 126 ? 6 : 8;
		char *p = room_for(c, head + length);
		memset(p, 0, head);
		p[0] = (char)0x81;
		p[1] = (char)(0x80 | (length < 126 ? length : 126));
		if (length >= 126) {
			p[2] = (char)(length >> 8);
			p[3] = (char)length;
		}
		memcpy(p + head, line, length);
		return;
	}
	char *p = room_for(c, length + 2);
	memcpy(p, line, length);
	memcpy(p + length, "\r\n", 2);
}

__attribute__((format(printf, 2, 3))) static void say(client *c, const char *format, ...)
{
	char line[1024];
	va_list a;
	va_start(a, format);
	int n = vsnprintf(line, sizeof line, format, a);
	va_end(a);
	if (n < 0 || (size_t)n >= sizeof line)
		die("an option is too long");
	for (char *p = line, *end; (end = strstr(p, "\r\n")); p = end + 2)
		put_line(c, p, (size_t)(end - p));
}

/* Queues the stream's next message; `time` is when it was due. */
static void send_message(stream *s, uint64_t time)
{
	char line[sizeof s->head + LONGEST];
	memcpy(line, s->head, s->head_len);
	write_payload(line + s->head_len, (label){(uint32_t)(s - streams), s->sent, time});
	put_line(s->sender, line, s->head_len + (size_t)want.size);
	s->sent++;
	seen.messages++;
	seen.expected += s->receivers;
}

/* ---------------------------------------------------------------- counting */

static void add_gap(client *c, uint32_t stream, uint32_t from, uint32_t to)
{
	gap *g = zeroed(1, sizeof *g);
	*g = (gap){stream, from, to, c->gaps};
	c->gaps = g;
}

/* True, once, for a number that had been skipped. */
static bool fill_gap(client *c, uint32_t stream, uint32_t number)
{
	for (gap *g = c->gaps; g; g = g->next)
		if (g->stream == stream && g->from <= number && number < g->to) {
			add_gap(c, stream, number + 1, g->to);
			g->to = number;
			return true;
		}
	return false;
}

/* Where a client keeps the next number of a stream, or -1 if that stream is not meant for it. */
static inline int slot_of(const client *c, uint32_t stream)
{
	bool own = (int)stream == c->stream;
	if (own && !echo)
		return -1;
	if (want.scenario == FANOUT)
		return (int)stream;
	if (own)
		return 1;
	return (int)(stream ^ 1) == c->stream ? 0 : -1;
}

static inline void delivered(stream *s, label m, uint64_t time)
{
	seen.delivered++;
	seen.last_arrival = time;
	histogram_add(&latency, time > m.time ? time - m.time : 0);
	s->delivered++;
}

/* Exactly one of: delivered in order, delivered late (misordered), duplicate, or extra. */
static inline void classify(client *c, label m, uint64_t time)
{
	int slot = slot_of(c, m.stream);
	stream *s = &streams[m.stream];
	if (slot < 0 || m.number >= s->sent) {
		seen.extra++;
		return;
	}
	uint32_t *next = &c->next[slot];
	if (m.number < *next && !fill_gap(c, m.stream, m.number)) {
		seen.duplicate++;
		return;
	}
	if (m.number < *next)
		seen.misordered++;
	else {
		if (m.number > *next)
			add_gap(c, m.stream, *next, m.number);
		*next = m.number + 1;
	}
	delivered(s, m, time);
}

static inline const char *after_space(const char *p, const char *end)
{
	const char *space = memchr(p, ' ', (size_t)(end - p));
	return space ? space + 1 : end;
}

/* True if it says what its stream sent, from whom and to whom: `source` is the nick of ":nick!user@host", `p`
 * starts at PRIVMSG. */
static inline bool is_genuine(const char *source, const char *p, const char *end, label *m)
{
	const char *text = after_space(p + 8, end);
	size_t before = (size_t)(text - p);
	if (text < end && *text == ':')
		text++;
	if (!read_payload(text, (size_t)(end - text), m) || m->stream >= (uint32_t)stream_count)
		return false;
	const stream *s = &streams[m->stream];
	bool to = before == s->head_len - 1 && !memcmp(p, s->head, before);
	return to && !memcmp(source, s->nick, s->nick_len) && source[s->nick_len] == '!';
}

static inline void on_message(client *c, const char *source, const char *p, const char *end, uint64_t time)
{
	label m;
	if (is_genuine(source, p, end, &m))
		classify(c, m, time);
	else
		seen.corrupt++;
}

/* ---------------------------------------------------------------- reading */

static inline bool starts(const char *p, const char *end, const char *word)
{
	size_t n = strlen(word);
	return (size_t)(end - p) >= n && !memcmp(p, word, n);
}

static void on_ready(client *c)
{
	c->state = READY;
	ready_count++;
	seen.last_arrival = now();
	histogram_add(&latency, seen.last_arrival - c->started);
}

static bool is_refusal(const char *p, const char *end)
{
	bool numeric = end - p > 4 && (*p == '4' || *p == '9') && isdigit((unsigned char)p[1]) &&
	               isdigit((unsigned char)p[2]) && p[3] == ' ' && !starts(p, end, "422 ");
	bool nak = starts(p, end, "CAP ") && memmem(p, (size_t)(end - p), " NAK ", 5);
	return numeric || nak || starts(p, end, "ERROR ") || starts(p, end, "FAIL ");
}

static void on_other(client *c, const char *line, const char *p, const char *end)
{
	if (starts(p, end, "PING")) {
		say(c, "PONG%.*s\r\n", (int)(end - p - 4), p + 4);
		flush(c);
	} else if (starts(p, end, "001 "))
		c->welcomed = true;
	else if (c->state == REGISTERING && c->welcomed && (starts(p, end, "376 ") || starts(p, end, "422 ")))
		on_ready(c);
	else if (starts(p, end, "366 ") && !c->joined && starts(after_space(p + 4, end), end, want.channel)) {
		c->joined = true;
		joined_count++;
	} else if (starts(p, end, "CAP ") && memmem(p, (size_t)(end - p), " ACK ", 5) && !c->acknowledged) {
		c->acknowledged = true;
		acknowledged_count++;
	} else if (is_refusal(p, end))
		note_error(c, line, (int)(end - line));
}

static inline void on_line(client *c, const char *line, const char *end, uint64_t time)
{
	const char *p = line, *source = line;
	if (p < end && *p == '@')
		p = after_space(p, end);
	if (p < end && *p == ':') {
		source = p + 1;
		p = after_space(p, end);
	}
	if (starts(p, end, "PRIVMSG "))
		on_message(c, source, p, end, time);
	else
		on_other(c, line, p, end);
}

static void keep_partial(client *c, const char *p, size_t length)
{
	if (length > c->partial_cap)
		c->partial = grown(c->partial, c->partial_cap = length < 512 ? 512 : 2 * length);
	if (length)
		memcpy(c->partial, p, length);
	c->partial_len = length;
}

static void split_lines(client *c, const char *p, const char *end, uint64_t time)
{
	const char *newline;
	while ((newline = memchr(p, '\n', (size_t)(end - p)))) {
		const char *stop = newline > p && newline[-1] == '\r' ? newline - 1 : newline;
		on_line(c, p, stop, time);
		if (c->state == DEAD)
			return;
		p = newline + 1;
	}
	keep_partial(c, p, (size_t)(end - p));
}

static void queue_registration(client *c);

/* The frames of the server are never masked, and whole lines of text; true if there was one more. */
static bool take_frame(client *c, const char **at, const char *end, uint64_t time)
{
	const unsigned char *p = (const unsigned char *)*at;
	size_t left = (size_t)(end - *at), head = 2, length;
	if (left < 2)
		return false;
	length = p[1];
	if (length == 126) {
		head = 4;
		if (left < head)
			return false;
		length = (size_t)p[2] << 8 | p[3];
	}
	if (*p != 0x81 || length > 65535) {
		lose(c, "a frame that is no line of text");
		return false;
	}
	if (left < head + length)
		return false;
	on_line(c, *at + head, *at + head + length, time);
	*at += head + length;
	return c->state != DEAD;
}

static void take_frames(client *c, const char *p, const char *end, uint64_t time)
{
	if (!c->framed) {
		const char *stop = memmem(p, (size_t)(end - p), "\r\n\r\n", 4);
		if (stop && !starts(p, end, "HTTP/1.1 101 ")) {
			lose(c, "no WebSocket");
			return;
		}
		if (stop) {
			c->framed = true;
			p = stop + 4;
			queue_registration(c);
			flush(c);
		}
	}
	while (c->framed && c->state != DEAD && take_frame(c, &p, end, time))
		;
	if (c->state != DEAD)
		keep_partial(c, p, (size_t)(end - p));
}

static void on_readable(client *c)
{
	enum { ROOM = 1 << 18 };
	static char buffer[ROOM + sizeof streams->nick]; /* so that comparing a nick never reads past the end */
	size_t kept = c->partial_len;
	if (kept >= ROOM / 2) {
		lose(c, "a line without end");
		return;
	}
	if (kept)
		memcpy(buffer, c->partial, kept);
	ssize_t n = recv(c->fd, buffer + kept, ROOM - kept, 0);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		lose(c, n ? strerror(errno) : "closed by the server");
		return;
	}
	seen.bytes += (uint64_t)n;
	seen.reads++;
	if (want.websocket)
		take_frames(c, buffer, buffer + kept + n, now());
	else
		split_lines(c, buffer, buffer + kept + n, now());
}

static void on_connected(client *c)
{
	int error = 0;
	socklen_t size = sizeof error;
	getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &error, &size);
	if (error) {
		lose(c, strerror(error));
		return;
	}
	c->state = REGISTERING;
	flush(c);
}

static void on_event(client *c, uint32_t events)
{
	if (c->state == DEAD)
		return;
	if (c->state == CONNECTING) {
		on_connected(c);
		return;
	}
	if (events & EPOLLOUT)
		flush(c);
	if (c->state != DEAD && events & (EPOLLIN | EPOLLERR | EPOLLHUP))
		on_readable(c);
}

/* Handles what is ready, waiting at most so long for something; true if standard input has something. */
static bool handle_events(int milliseconds)
{
	static struct epoll_event ready[512];
	bool command = false;
	int n = epoll_wait(poller, ready, 512, milliseconds);
	for (int i = 0; i < n; i++) {
		void *what = ready[i].data.ptr;
		uint64_t ticks;
		if (what == &pace_timer) {
			if (read(pace_timer, &ticks, sizeof ticks) < 0 && errno != EAGAIN)
				die("timer: %s", strerror(errno));
		} else if (what == stdin)
			command = true;
		else
			on_event(what, ready[i].events);
	}
	return command;
}

/* Listens until nothing has come for so long. */
static void settle(double seconds)
{
	uint64_t bytes = seen.bytes, since = now();
	while (now() - since < (uint64_t)(seconds * 1e9)) {
		handle_events(10);
		if (seen.bytes != bytes) {
			bytes = seen.bytes;
			since = now();
		}
	}
}

/* ---------------------------------------------------------------- setting up */

static void bind_source(client *c)
{
	int one = 1;
	struct sockaddr_in a = {.sin_family = AF_INET};
	if (want.sources < 2)
		return;
	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK + 1 + (uint32_t)c->index % (uint32_t)want.sources);
	setsockopt(c->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one);
	if (bind(c->fd, (struct sockaddr *)&a, sizeof a))
		die("bind: %s", strerror(errno));
}

/* Queued at once, written when the connection stands. */
static void queue_registration(client *c)
{
	if (*want.password)
		say(c, "PASS :%s\r\n", want.password);
	if (*want.caps)
		say(c, "CAP REQ :%s\r\n", want.caps);
	say(c, "NICK %s%05d\r\nUSER bench 0 * :bench\r\n", want.nick, c->index);
	if (*want.caps)
		say(c, "CAP END\r\n");
}

static void queue_handshake(client *c)
{
	static const char request[] = "GET /irc HTTP/1.1\r\nHost: bench\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
	                              "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: text.ircv3.net\r\n"
	                              "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n";
	memcpy(room_for(c, sizeof request - 1), request, sizeof request - 1);
}

static void open_connection(client *c, const struct sockaddr_in *server)
{
	int one = 1;
	struct linger reset = {1, 0}; /* leaves no TIME_WAIT behind for the next run */
	struct epoll_event e = {.events = EPOLLIN | EPOLLOUT, .data.ptr = c};
	c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (c->fd < 0)
		die("socket: %s", strerror(errno));
	setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
	bind_source(c);
	c->started = now();
	if (connect(c->fd, (const struct sockaddr *)server, sizeof *server) && errno != EINPROGRESS)
		die("connect: %s", strerror(errno));
	c->wants_write = true;
	if (want.websocket)
		queue_handshake(c);
	else
		queue_registration(c);
	if (epoll_ctl(poller, EPOLL_CTL_ADD, c->fd, &e))
		die("epoll: %s", strerror(errno));
}

/* False when `progress` has not changed for so many seconds. */
static bool progressing(uint64_t *last, uint64_t *since, uint64_t progress, double patience)
{
	if (progress != *last) {
		*last = progress;
		*since = now();
	}
	return now() - *since < (uint64_t)(patience * 1e9);
}

static void register_everybody(const struct sockaddr_in *server)
{
	int opened = 0;
	uint64_t last = 0, since = now();
	while (ready_count + dead_count < client_count) {
		while (opened < client_count && opened - ready_count - dead_count < (int)want.storm)
			open_connection(&clients[opened++], server);
		handle_events(20);
		if (!progressing(&last, &since, seen.bytes + (uint64_t)dead_count, want.stall + SYN_RETRIES))
			break;
	}
}

static void join_everybody(void)
{
	int asked = 0;
	uint64_t last = 0, since = now();
	while (joined_count < client_count && !dead_count) {
		while (asked < client_count && asked - joined_count < (int)want.joins) {
			say(&clients[asked], "JOIN %s\r\n", want.channel);
			flush(&clients[asked++]);
		}
		handle_events(20);
		if (!progressing(&last, &since, seen.bytes, want.stall))
			break;
	}
}

static char *nick_of(int index)
{
	char *nick = NULL;
	if (asprintf(&nick, "%s%05d", want.nick, index) < 0)
		die("out of memory");
	return nick;
}

static void make_client(int index)
{
	client *c = &clients[index];
	*c = (client){.fd = -1, .index = index, .stream = -1};
	if (stream_count)
		c->next = zeroed(want.scenario == FANOUT ? (size_t)stream_count : 2, sizeof *c->next);
}

/* Senders are spread evenly over the members; in pairs everybody sends. */
static void make_stream(int index)
{
	stream *s = &streams[index];
	int sender = want.scenario == DIRECT ? index : (int)((long)index * client_count / stream_count);
	char *nick = nick_of(sender), *partner = nick_of(index ^ 1);
	s->sender = &clients[sender];
	s->sender->stream = index;
	s->nick_len = (size_t)snprintf(s->nick, sizeof s->nick, "%s", nick);
	const char *target = want.scenario == DIRECT ? partner : want.channel;
	s->head_len = (size_t)snprintf(s->head, sizeof s->head, "PRIVMSG %s :", target);
	s->receivers = (want.scenario == DIRECT ? 1 : (uint32_t)client_count - 1) + (echo ? 1 : 0);
	free(nick);
	free(partner);
}

static void make_everything(void)
{
	client_count = (int)want.connections;
	stream_count = want.scenario == FANOUT ? (int)want.senders : want.scenario == DIRECT ? client_count : 0;
	echo = strstr(want.caps, "echo-message") != NULL;
	for (size_t i = 0; i < sizeof filler; i++)
		filler[i] = (char)('A' + i % FILLER_PERIOD % 26 + (i % FILLER_PERIOD > 26 ? 32 : 0));
	clients = zeroed((size_t)client_count, sizeof *clients);
	streams = zeroed((size_t)stream_count, sizeof *streams);
	for (int i = 0; i < client_count; i++)
		make_client(i);
	for (int i = 0; i < stream_count; i++)
		make_stream(i);
}

static void set_up(const struct sockaddr_in *server)
{
	double cpu = own_cpu();
	uint64_t begin = now();
	register_everybody(server);
	double wall = (double)((seen.last_arrival ? seen.last_arrival : now()) - begin) / 1e9;
	if (want.scenario == FANOUT && ready_count == client_count)
		join_everybody();
	settle(want.settle);
	printf("{\"event\":\"setup\",\"connections\":%d,\"registered\":%d", client_count, ready_count);
	printf(",\"acknowledged\":%d,\"joined\":%d", acknowledged_count, joined_count);
	printf(",\"wall_s\":%.4f,\"connections_per_s\":%.1f", wall, ready_count / wall);
	printf(",\"generator_cpu_s\":%.4f", own_cpu() - cpu);
	print_latency("latency_ms", &latency);
	bool ok = !seen.errors && ready_count == client_count && (!*want.caps || acknowledged_count == client_count) &&
	          (want.scenario != FANOUT || joined_count == client_count);
	printf(",\"errors\":%llu,\"disconnects\":%d", (unsigned long long)seen.errors, dead_count);
	printf(",\"ok\":%s}\n", ok ? "true" : "false");
	fflush(stdout);
	if (!ok)
		exit(1);
}

/* ---------------------------------------------------------------- traffic */

/* Each sender keeps `window` messages under way, counted in deliveries still to come: waiting for the last
 * receiver of each message would stop everybody for the 40 ms that Nagle's algorithm may hold one line back. */
static void refill_windows(void)
{
	for (stream *s = streams; s < streams + stream_count; s++) {
		uint64_t to_come = (uint64_t)s->sent * s->receivers - s->delivered;
		uint64_t under_way = (to_come + s->receivers - 1) / s->receivers;
		uint64_t room = (uint64_t)want.window - under_way;
		if (room < (uint64_t)want.burst || s->sender->out_len || s->sender->state != READY)
			continue;
		for (uint64_t time = now(); room; room--)
			send_message(s, time);
		flush(s->sender);
	}
}

typedef struct {
	double begin, step;
	uint64_t end, count;
} schedule;

static uint64_t next_due(const schedule *p)
{
	return (uint64_t)(p->begin + (double)p->count * p->step);
}

/* An open loop: what is due is sent, whatever the server does, and stamped with when it was due. */
static void send_due(schedule *p, uint64_t time)
{
	for (uint64_t due; (due = next_due(p)) <= time && due < p->end; p->count++) {
		stream *s = &streams[p->count % (uint64_t)stream_count];
		uint64_t late = now() - due;
		if (late > seen.late_max)
			seen.late_max = late;
		if (s->sender->state != READY)
			continue;
		send_message(s, due);
		flush(s->sender);
	}
}

static void set_pace_timer(uint64_t begin, uint64_t step)
{
	struct itimerspec t = {.it_interval = {(time_t)(step / SECOND), (long)(step % SECOND)},
	                       .it_value = {(time_t)(begin / SECOND), (long)(begin % SECOND)}};
	if (timerfd_settime(pace_timer, TFD_TIMER_ABSTIME, &t, NULL))
		die("timer: %s", strerror(errno));
}

static void send_paced(uint64_t begin, uint64_t end)
{
	schedule p = {(double)begin, 1e9 / want.rate, end, 0};
	set_pace_timer(begin + 1, p.step < 20000 ? 20000 : (uint64_t)p.step);
	for (uint64_t time; (time = now()) < end; handle_events(20))
		send_due(&p, time);
	send_due(&p, end);
	set_pace_timer(0, 0);
}

static void send_flat_out(uint64_t end)
{
	while (now() < end) {
		refill_windows();
		handle_events(10);
	}
}

static void drain(void)
{
	uint64_t last = 0, since = now();
	while (seen.delivered < seen.expected && progressing(&last, &since, seen.bytes, want.stall))
		handle_events(20);
}

static bool nothing_off(void)
{
	return seen.delivered == seen.expected && !seen.extra && !seen.duplicate && !seen.misordered && !seen.corrupt &&
	       !seen.errors && !dead_count;
}

static void print_turn(double wall, double cpu)
{
	printf("{\"event\":\"turn\",\"messages\":%llu,\"expected\":%llu,\"delivered\":%llu", (unsigned long long)seen.messages,
	       (unsigned long long)seen.expected, (unsigned long long)seen.delivered);
	printf(",\"lost\":%llu,\"extra\":%llu,\"duplicate\":%llu", (unsigned long long)(seen.expected - seen.delivered),
	       (unsigned long long)seen.extra, (unsigned long long)seen.duplicate);
	printf(",\"misordered\":%llu,\"corrupt\":%llu", (unsigned long long)seen.misordered, (unsigned long long)seen.corrupt);
	printf(",\"errors\":%llu,\"disconnects\":%d", (unsigned long long)seen.errors, dead_count);
	printf(",\"wall_s\":%.4f,\"generator_cpu_s\":%.4f,\"late_max_ms\":%.3f", wall, cpu, (double)seen.late_max / 1e6);
	printf(",\"bytes\":%llu,\"reads\":%llu", (unsigned long long)seen.bytes, (unsigned long long)seen.reads);
	print_latency("latency_ms", &latency);
	printf(",\"ok\":%s}\n", nothing_off() ? "true" : "false");
	fflush(stdout);
}

/* After, not before a turn: what comes in between belongs to the next one. */
static void forget(void)
{
	memset(&seen, 0, sizeof seen);
	memset(&latency, 0, sizeof latency);
}

static bool run_turn(double seconds)
{
	double cpu = own_cpu();
	uint64_t begin = now(), end = begin + (uint64_t)(seconds * 1e9);
	seen.last_arrival = begin;
	if (want.rate > 0)
		send_paced(begin, end);
	else
		send_flat_out(end);
	drain();
	uint64_t over = seen.last_arrival > begin ? seen.last_arrival : begin + 1;
	cpu = own_cpu() - cpu;
	settle(want.settle);
	bool ok = nothing_off();
	print_turn((double)(over - begin) / 1e9, cpu);
	forget();
	return ok;
}

/* ---------------------------------------------------------------- commands */

static bool read_command(char *line, size_t size)
{
	size_t length = 0;
	struct epoll_event e = {.events = EPOLLIN, .data.ptr = stdin};
	if (epoll_ctl(poller, EPOLL_CTL_ADD, STDIN_FILENO, &e))
		die("standard input must be a pipe or a terminal");
	while (length < size - 1 && !memchr(line, '\n', length)) {
		if (!handle_events(1000))
			continue;
		ssize_t n = read(STDIN_FILENO, line + length, size - 1 - length);
		if (n <= 0)
			break;
		length += (size_t)n;
	}
	epoll_ctl(poller, EPOLL_CTL_DEL, STDIN_FILENO, NULL);
	line[length] = 0;
	return length > 0;
}

static bool obey(void)
{
	char line[64];
	bool ok = true;
	while (read_command(line, sizeof line)) {
		double seconds;
		if (sscanf(line, "turn %lf", &seconds) != 1 || !stream_count)
			die("not a command here: %s", line);
		ok = run_turn(seconds) && ok;
	}
	return ok && !seen.errors;
}

static void set_option(const char *name, const char *value)
{
	for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
		if (strcmp(options[i].name, name))
			continue;
		if (options[i].text)
			*options[i].text = value;
		else
			*options[i].number = atof(value);
		return;
	}
	die("unknown option %s", name);
}

static void read_arguments(int count, char **arguments)
{
	static const char *names[] = {"fanout", "direct", "connect"};
	int scenario = 0;
	while (scenario < 3 && (count < 2 || strcmp(names[scenario], arguments[1])))
		scenario++;
	if (scenario == 3 || count % 2)
		die("usage: load fanout|direct|connect [--name value ...]; see the head of load.c");
	want.scenario = (kind)scenario;
	for (int i = 2; i < count; i += 2)
		set_option(arguments[i], arguments[i + 1]);
}

static void check_arguments(void)
{
	if (want.size < FILLER_AT + 1 || want.size > LONGEST)
		die("--size must be %d to %d", FILLER_AT + 1, LONGEST);
	if (want.connections < 1 || want.connections > 99999)
		die("--connections must be 1 to 99999");
	if (want.scenario == DIRECT && (int)want.connections % 2)
		die("direct needs an even number of connections");
	if (want.scenario == FANOUT && (want.connections < 2 || want.senders < 1 || want.senders > want.connections))
		die("fanout needs two members and no more senders than members");
	if (want.window < 1 || want.window > 65536 || want.burst < 1 || want.burst > want.window || want.rate < 0)
		die("--window must be 1 to 65536, --burst 1 to the window, --rate not negative");
}

static void raise_file_limit(void)
{
	struct rlimit limit;
	getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
	if (want.connections + 16 > (double)limit.rlim_cur)
		die("so many connections need a higher limit of open files (ulimit -Hn says %llu)", (unsigned long long)limit.rlim_max);
}

static void open_poller(void)
{
	struct epoll_event e = {.events = EPOLLIN, .data.ptr = &pace_timer};
	poller = epoll_create1(EPOLL_CLOEXEC);
	pace_timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	if (poller < 0 || pace_timer < 0 || epoll_ctl(poller, EPOLL_CTL_ADD, pace_timer, &e))
		die("epoll: %s", strerror(errno));
}

static struct sockaddr_in server_address(void)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((uint16_t)want.port)};
	if (inet_pton(AF_INET, want.host, &a.sin_addr) != 1 || ntohl(a.sin_addr.s_addr) >> 24 != 127)
		die("--host must be an address in 127.0.0.0/8");
	return a;
}

int main(int count, char **arguments)
{
	read_arguments(count, arguments);
	check_arguments();
	raise_file_limit();
	open_poller();
	struct sockaddr_in server = server_address();
	make_everything();
	set_up(&server);
	forget();
	return obey() ? 0 : 1;
}
