namespace Gatehouse.Platform.Storage;

/// <summary>A failure of the storage engine that is no fault of the caller. Answered with 503 and Retry-After.</summary>
public class StorageException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>The engine cannot be reached, or did not answer in time.</summary>
public sealed class StorageUnavailableException(string message, Exception? inner = null) : StorageException(message, inner);

/// <summary>The disk has no room: nothing of the write was kept.</summary>
public sealed class StorageFullException(Exception? inner = null) : StorageException("The disk that holds the database is full.", inner);

/// <summary>The database is damaged, newer than this program, or not a database. The message says what to do.</summary>
public sealed class StorageCorruptException(string message, Exception? inner = null) : StorageException(message, inner);
