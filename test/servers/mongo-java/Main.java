import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.MongoVersion;
import de.bwaldvogel.mongo.backend.memory.MemoryBackend;
import java.util.List;

/** Serves MongoDB's wire protocol from memory, with an oplog (change streams). The first argument is the port on loopback. */
public final class Main {
    /** The least that today's drivers talk to; the library's own versions end at wire 8. */
    private static final class Version44 implements MongoVersion {
        @Override
        public List<Integer> getVersionArray() {
            return List.of(4, 4, 29);
        }

        @Override
        public int getWireVersion() {
            return 9;
        }
    }

    public static void main(String[] args) {
        MongoServer server = new MongoServer(new MemoryBackend().version(new Version44()));
        server.enableOplog();
        server.bind("127.0.0.1", Integer.parseInt(args[0]));
        Runtime.getRuntime().addShutdownHook(new Thread(server::shutdownNow));
        System.out.println("listening mongodb://127.0.0.1:" + server.getLocalAddress().getPort() + "/");
    }
}
