// Live tensors are counted over the whole process, and each test is to have the machine's few threads for itself.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
