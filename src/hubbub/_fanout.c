/* The two inner loops of delivery, compiled: see fanout.py, which has the same in Python and says what they mean.
 *
 * Both hold the GIL throughout: a send on a non-blocking socket does not wait, and giving the GIL away and taking it
 * back costs about as much as the rest.
 */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/types.h>

#ifndef MSG_NOSIGNAL
#define MSG_NOSIGNAL 0 /* Python ignores SIGPIPE */
#endif

static PyObject *name_out, *name_fd;

/* append_to_all(outs: list | dict view of lists, data: bytes) */
static PyObject *append_to_all(PyObject *module, PyObject *const *args, Py_ssize_t count)
{
    if (count != 2 || !PyDict_Check(args[0]) || !PyBytes_Check(args[1])) {
        PyErr_SetString(PyExc_TypeError, "append_to_all takes a dict with lists as values, and bytes");
        return NULL;
    }
    PyObject *key, *out;
    Py_ssize_t place = 0;
    while (PyDict_Next(args[0], &place, &key, &out)) {
        if (!PyList_Check(out)) {
            PyErr_SetString(PyExc_TypeError, "append_to_all: a value is no list");
            return NULL;
        }
        if (PyList_Append(out, args[1]) < 0)
            return NULL;
    }
    Py_RETURN_NONE;
}

/* Join a list of bytes; a new reference, or NULL with an exception. */
static PyObject *joined(PyObject *out, Py_ssize_t length)
{
    Py_ssize_t size = 0;
    for (Py_ssize_t i = 0; i < length; i++) {
        PyObject *part = PyList_GET_ITEM(out, i);
        if (!PyBytes_Check(part)) {
            PyErr_SetString(PyExc_TypeError, "send_pending: output that is no bytes");
            return NULL;
        }
        size += PyBytes_GET_SIZE(part);
    }
    if (length == 1)
        return Py_NewRef(PyList_GET_ITEM(out, 0));
    PyObject *whole = PyBytes_FromStringAndSize(NULL, size);
    if (whole == NULL)
        return NULL;
    char *to = PyBytes_AS_STRING(whole);
    for (Py_ssize_t i = 0; i < length; i++) {
        PyObject *part = PyList_GET_ITEM(out, i);
        memcpy(to, PyBytes_AS_STRING(part), PyBytes_GET_SIZE(part));
        to += PyBytes_GET_SIZE(part);
    }
    return whole;
}

/* Send what a list holds and empty it; what was not taken stays as one piece. 1: all sent, 0: not, -1: exception. */
static int send_list(PyObject *out, int fd)
{
    PyObject *data = joined(out, PyList_GET_SIZE(out));
    if (data == NULL)
        return -1;
    Py_ssize_t size = PyBytes_GET_SIZE(data);
    ssize_t sent = send(fd, PyBytes_AS_STRING(data), size, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent < 0)
        sent = 0; /* whatever it was, the ordinary way of writing will meet it again */
    PyObject *rest = NULL;
    if (sent < size) {
        PyObject *piece = PyBytes_FromStringAndSize(PyBytes_AS_STRING(data) + sent, size - sent);
        if (piece != NULL)
            rest = PyList_New(1);
        if (rest == NULL) {
            Py_XDECREF(piece);
            Py_DECREF(data);
            return -1;
        }
        PyList_SET_ITEM(rest, 0, piece);
    }
    int failed = PyList_SetSlice(out, 0, PyList_GET_SIZE(out), rest);
    Py_XDECREF(rest);
    Py_DECREF(data);
    return failed < 0 ? -1 : sent == size;
}

/* One session: 1 if nothing is left to do, 0 if its link must see to it, -1 with an exception. */
static int send_one(PyObject *session)
{
    PyObject *out = PyObject_GetAttr(session, name_out);
    if (out == NULL)
        return -1;
    PyObject *number = PyObject_GetAttr(session, name_fd);
    if (number == NULL || !PyList_Check(out)) {
        Py_DECREF(out);
        Py_XDECREF(number);
        if (!PyErr_Occurred())
            PyErr_SetString(PyExc_TypeError, "send_pending: a session's out is no list");
        return -1;
    }
    long fd = PyLong_AsLong(number);
    Py_DECREF(number);
    int done = 0;
    if (fd == -1 && PyErr_Occurred())
        done = -1;
    else if (fd >= 0)
        done = PyList_GET_SIZE(out) ? send_list(out, (int)fd) : 1;
    Py_DECREF(out);
    return done;
}

/* send_pending(sessions: iterable) -> list of those whose link must see to the rest */
static PyObject *send_pending(PyObject *module, PyObject *sessions)
{
    PyObject *left = PyList_New(0), *each = PyObject_GetIter(sessions), *session;
    if (left == NULL || each == NULL)
        goto failed;
    while ((session = PyIter_Next(each)) != NULL) {
        int done = send_one(session);
        if (done == 0 && PyList_Append(left, session) < 0)
            done = -1;
        Py_DECREF(session);
        if (done < 0)
            goto failed;
    }
    if (PyErr_Occurred())
        goto failed;
    Py_DECREF(each);
    return left;
failed:
    Py_XDECREF(each);
    Py_XDECREF(left);
    return NULL;
}

static PyMethodDef methods[] = {
    {"append_to_all", (PyCFunction)(void (*)(void))append_to_all, METH_FASTCALL, NULL},
    {"send_pending", send_pending, METH_O, NULL},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, .m_name = "hubbub._fanout", .m_size = -1, .m_methods = methods};

PyMODINIT_FUNC PyInit__fanout(void)
{
    name_out = PyUnicode_InternFromString("out");
    name_fd = PyUnicode_InternFromString("fd");
    return name_out == NULL || name_fd == NULL ? NULL : PyModule_Create(&module);
}
