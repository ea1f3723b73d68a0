import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.opensearch.Version;
import org.opensearch.cluster.service.ClusterService;
import org.opensearch.common.settings.Settings;
import org.opensearch.env.Environment;
import org.opensearch.node.InternalSettingsPreparer;
import org.opensearch.node.Node;
import org.opensearch.plugins.PluginInfo;

/** One OpenSearch node: {@code LocalNode HOME name=value ...}; the pairs are lines of opensearch.yml. */
public final class LocalNode extends Node {
    /** Parts that the official distribution always loads. The others of its modules are not used by the site. */
    private static final List<String> PARTS = List.of(
        "org.opensearch.transport.Netty4ModulePlugin",
        "org.opensearch.analysis.common.CommonAnalysisModulePlugin",
        "org.opensearch.index.mapper.MapperExtrasModulePlugin",
        "org.opensearch.index.reindex.ReindexModulePlugin",
        "org.opensearch.join.ParentJoinModulePlugin",
        "org.opensearch.painless.PainlessModulePlugin",
        "org.opensearch.percolator.PercolatorModulePlugin");

    private LocalNode(Environment environment, Collection<PluginInfo> parts) {
        super(environment, parts, true);
    }

    @Override
    protected void configureNodeAndClusterIdStateListener(ClusterService clusterService) {
        // Would put the node's id into the log configuration of a full installation, which is not here.
    }

    public static void main(String[] arguments) throws Exception {
        Path home = Path.of(arguments[0]).toAbsolutePath();
        Path config = Files.createDirectories(home.resolve("config"));
        Files.createDirectories(home.resolve("modules"));
        Files.createDirectories(home.resolve("plugins"));

        Settings.Builder settings = Settings.builder().put("path.home", home.toString());
        for (int position = 1; position < arguments.length; position++) {
            String[] pair = arguments[position].split("=", 2);
            settings.put(pair[0], pair[1]);
        }
        Environment environment =
            InternalSettingsPreparer.prepareEnvironment(settings.build(), Map.of(), config, () -> "local");
        List<PluginInfo> parts = new ArrayList<>();
        for (String part : PARTS) {
            parts.add(new PluginInfo(part, "on the class path", "NA", Version.CURRENT, "21", part, List.of(), false));
        }

        Node node = new LocalNode(environment, parts);
        CountDownLatch closed = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            try {
                node.close();
            } catch (Exception error) {
                System.err.println("not closed cleanly: " + error);
            } finally {
                closed.countDown();
            }
        }));
        node.start();
        System.out.println("OpenSearch " + Version.CURRENT + " has started");
        closed.await();
    }
}
