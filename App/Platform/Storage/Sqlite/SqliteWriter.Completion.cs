namespace Gatehouse.Platform.Storage.Sqlite;

internal sealed partial class SqliteWriter
{
    /// <summary>
    /// Completes a group on as many threads as there are processors: one wake-up a thread, not one a write. A write whose
    /// caller goes on for long holds up one thread; the others take the rest.
    /// </summary>
    private sealed class Completion(IWork[] group) : IThreadPoolWorkItem
    {
        private int _next = -1;

        public static void Start(List<IWork> group)
        {
            var completion = new Completion([.. group]);
            for (var i = Math.Min(group.Count, Environment.ProcessorCount); i > 0; i--)
                ThreadPool.UnsafeQueueUserWorkItem(completion, preferLocal: false);
        }

        public void Execute()
        {
            int i;
            while ((i = Interlocked.Increment(ref _next)) < group.Length)
                group[i].Complete();
        }
    }
}
