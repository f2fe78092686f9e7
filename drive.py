import sys, os, time, subprocess, signal, json, tempfile
sys.path.insert(0,"/tmp/w-config/Tests/EndToEnd"); os.environ["FANFARE_BINARY"]="/tmp/w-config-tools/straced"
from harness.server import *
from harness.subscriber import Subscriber
import harness.server as hs
SECRET="the-secret-of-the-tests-0123456789"
import http.client
from test_tls import SecureServer, certificate
from pathlib import Path
d=Path(tempfile.mkdtemp())
(d/"f.yaml").write_text("log: {level: debug}\n")
with Server("--config",str(d/"f.yaml"),FANFARE_TOKEN_SECRET=SECRET) as s:
    pid=int(subprocess.check_output(["pgrep","-P",str(s.process.pid)]).split()[0])
    with Subscriber(s) as sub:
        sub.subscribe("a")
        print(s.publish("a","e",b"1").status, sub.packet())
        print(s.request("GET","/metrics").status, s.request("GET","/docs").status)
        os.kill(pid,signal.SIGHUP); time.sleep(1)
    time.sleep(11)
    s.process.send_signal=lambda sig: os.kill(pid,sig)
try:
  chain,key=certificate(d,"localhost")
  with SecureServer(chain,key) as s:
    pid=int(subprocess.check_output(["pgrep","-P",str(s.process.pid)]).split()[0])
    s.process.send_signal=lambda sig: os.kill(pid,sig)
    print("tls ok")
except Exception as e: print("tls",repr(e)[:300])
