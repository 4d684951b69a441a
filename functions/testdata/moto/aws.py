"""AWS's own command line, loaded once: each call is a fork of the server, which takes a tenth of the time.

    python3 aws.py server SOCKET
    AWS_SERVER=SOCKET python3 -S aws.py WORDS..."""
import json
import os
import signal
import socket
import sys


def serve(at):
    from awscli import clidriver
    clidriver.create_clidriver()
    own = {"AWS_DATA_PATH": os.environ["AWS_DATA_PATH"]}  # awscli has just set it
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    server = socket.socket(socket.AF_UNIX)
    server.bind(at)
    server.listen(16)
    while True:
        caller, _ = server.accept()
        if os.fork():
            caller.close()
            continue
        size, fds, _, _ = socket.recv_fds(caller, 4, 3)
        with caller.makefile("rb") as f:
            words, env, folder = json.loads(f.read(int.from_bytes(size, "big")))
        for n, fd in enumerate(fds):
            os.dup2(fd, n)
        os.environ.clear()
        os.environ.update(env | own)
        os.chdir(folder)
        sys.argv = ["aws", *words]
        try:
            result = clidriver.main()
        except SystemExit as e:
            result = e.code
        sys.stdout.flush()
        sys.stderr.flush()
        caller.sendall(bytes([int(result or 0) & 255]))
        os._exit(0)


if sys.argv[1:2] == ["server"]:
    serve(sys.argv[2])
call = socket.socket(socket.AF_UNIX)
call.connect(os.environ["AWS_SERVER"])
said = json.dumps([sys.argv[1:], dict(os.environ), os.getcwd()]).encode()
socket.send_fds(call, [len(said).to_bytes(4, "big")], [0, 1, 2])
call.sendall(said)
sys.exit((call.recv(1) or b"\xff")[0])
